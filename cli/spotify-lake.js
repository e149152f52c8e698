#!/usr/bin/env node
"use strict";
require("./lib/register");
void require("./main").main();
