import { pageData } from "./data";
import { show } from "./report";

show(pageData());
