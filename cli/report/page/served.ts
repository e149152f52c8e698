import type { ServedData } from "../reportData";
import { queryBox } from "./queryBox";
import { show } from "./report";

const data = JSON.parse(document.getElementById("data")!.textContent) as ServedData;
show(data, queryBox(data.catalog));
