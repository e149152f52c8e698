import * as path from "node:path";
import type { LakePartition } from "./lake";
import type { Manifest } from "./manifest";
