import type { ServedData } from "../reportData";
import { pageData } from "./data";
import { queryBox } from "./queryBox";
import { show } from "./report";

const data = pageData<ServedData>();
show(data, queryBox(data.catalog));
