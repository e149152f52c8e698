/** S3's XML, written and read. */
import { XMLParser } from "fast-xml-parser";
import { S3Error } from "./errors";

/** An element's content: text, child elements by name (a list repeats the element), or nothing at all. */
export type XmlValue = string | number | boolean | undefined | XmlValue[] | { [name: string]: XmlValue };

/** An element of a request body. */
export type XmlElement = string | XmlParent;

/** Child elements by name. */
// eslint-disable-next-line @typescript-eslint/consistent-indexed-object-style -- a Record cannot refer to itself
interface XmlParent {
  [name: string]: XmlElement[];
}

/** A document of one root element. */
export function toXml(root: string, content: XmlValue): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(root, content)}`;
}

function element(name: string, content: XmlValue): string {
  if (content === undefined) return "";
  if (Array.isArray(content)) return content.map((item) => element(name, item)).join("");
  const inner =
    typeof content === "object"
      ? Object.entries(content)
          .map(([child, value]) => element(child, value))
          .join("")
      : escape(String(content));
  return `<${name}>${inner}</${name}>`;
}

/** Control characters are written as references too: parsers turn a bare CR into LF. */
function escape(text: string): string {
  return text.replace(/[<>&"'\u0000-\u001f\u007f]/g, (char) => `&#x${char.charCodeAt(0).toString(16)};`);
}

// References are decoded below: the parser leaves numeric ones as they are and limits how many there may be.
const parser = new XMLParser({
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  isArray: () => true,
});

/** The content of a document whose root element has this name; throws `MalformedXML` for anything else. */
export function parseXml(text: string, root: string): XmlParent {
  const document = readable(text);
  const content = document[root]?.[0];
  if (typeof content !== "object") throw malformed(`<${root}> is missing or empty`);
  return content;
}

function readable(text: string): XmlParent {
  try {
    return parser.parse(text) as XmlParent;
  } catch (error) {
    throw malformed((error as Error).message);
  }
}

/** The text of an optional child element. */
export function childText(parent: XmlElement, name: string): string | undefined {
  const child = typeof parent === "object" ? parent[name]?.[0] : undefined;
  return typeof child === "string" ? decode(child) : undefined;
}

/** The text of a child element that must be there. */
export function requiredText(parent: XmlElement, name: string): string {
  const text = childText(parent, name);
  if (text === undefined) throw malformed(`<${name}> is missing`);
  return text;
}

/** The body's XML is not what the operation takes. */
export function malformed(why: string): S3Error {
  return new S3Error(400, "MalformedXML", `The XML of the request cannot be used: ${why}.`);
}

const named = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

function decode(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]+));/gi, (all, hex, decimal, name) => {
    if (name) return named.get(name) ?? all;
    const code = hex ? parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}
