import js from "@eslint/js";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

// What Pulumi writes into a Lambda archive is printed from memory, value by value. These forms pass `pulumi up` and
// break in Lambda, so they are refused where callbacks come from (docs/decisions.md, "Handlers are plain functions").
const serialisable = [
  {
    selector: "ClassDeclaration, ClassExpression",
    message: "Classes do not survive serialisation: use functions.",
  },
  {
    selector: "Program > VariableDeclaration[kind='let']",
    message: "Module state is lost in Lambda: pass it in.",
  },
  {
    selector: "Program > ExportNamedDeclaration > VariableDeclaration[kind='let']",
    message: "Module state is lost in Lambda: pass it in.",
  },
  {
    selector:
      "Program > VariableDeclaration > VariableDeclarator > NewExpression, " +
      "Program > ExportNamedDeclaration > VariableDeclaration > VariableDeclarator > NewExpression",
    message:
      "Objects made at module level (Map, Set, Date, clients) break in Lambda: make them inside a function.",
  },
];

const functionParts = ["handlers/raw", "handlers/state", "handlers/shared"];

/** Which folders the files of a folder may import from, beside its own; packages are free to all. */
const imports = {
  schemas: [],
  "handlers/shared": ["schemas"],
  "handlers/raw": ["handlers/shared", "schemas"],
  "handlers/state": ["handlers/raw", "handlers/shared", "schemas"],
  "handlers/extract": [...functionParts, "schemas"],
  "handlers/transform": [...functionParts, "schemas"],
  "handlers/health": [...functionParts, "schemas"],
  infra: ["handlers", "schemas"],
  simulator: [],
  cloud: ["infra", "handlers", "schemas"],
  cli: ["cloud", "simulator", "infra", "handlers", "schemas", "package.json"],
  bench: ["cli", "cloud", "simulator", "infra", "handlers", "schemas"],
  scripts: ["cli", "cloud", "simulator", "infra", "handlers", "schemas"],
};

const importZones = Object.entries(imports).map(([folder, allowed]) => ({
  target: `./${folder}`,
  from: "./",
  except: ["node_modules", folder, ...allowed].map((path) => `./${path}`),
  message: `${folder}/ may import only from ${[...allowed, "packages"].join(", ")}.`,
}));

export default tseslint.config(
  { ignores: ["node_modules/**", ".local/**"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strict, tseslint.configs.stylistic],
    plugins: { "import-x": importX },
    settings: {
      "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".js", ".json"] })],
      "import-x/extensions": [".ts", ".js"],
      "import-x/parsers": { "@typescript-eslint/parser": [".ts"] },
    },
    rules: {
      "import-x/no-cycle": "error",
      "import-x/no-restricted-paths": ["error", { zones: importZones }],
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unused-expressions": "off",
      "@typescript-eslint/no-require-imports": "off",
      "@typescript-eslint/no-dynamic-delete": "off",
      "no-control-regex": "off",
    },
  },
  {
    files: ["handlers/**/*.ts", "schemas/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", ...serialisable] },
  },
  {
    files: ["**/*.js", "**/*.mjs"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        require: "readonly",
        module: "readonly",
        __dirname: "readonly",
      },
    },
  },
);
