import js from "@eslint/js";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

// Pulumi prints the callbacks of index.ts, and what they capture, into the Lambda archives. These forms pass `pulumi up`
// and fail in Lambda (docs/decisions.md, "Callbacks are inline, what they call is bundled").
const unprintable = [
  {
    selector: "Property[key.name='callbackFactory'] :matches(ClassDeclaration, ClassExpression)",
    message: "Pulumi cannot print a class: put it into handlers/.",
  },
  {
    selector:
      "Program > VariableDeclaration[kind='let'], Program > ExportNamedDeclaration > VariableDeclaration[kind='let']",
    message: "A captured variable does not change in Lambda: use const.",
  },
  {
    selector:
      "Program > VariableDeclaration > VariableDeclarator > NewExpression[callee.name=/^(Map|Set|WeakMap|Date)$/]",
    message: "Pulumi cannot print this object when a callback captures it: make it in handlers/.",
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
  examples: ["outputs.ts"],
  simulator: [],
  cloud: ["infra", "handlers", "schemas"],
  cli: ["cloud", "simulator", "infra", "handlers", "schemas", "package.json"],
  bench: ["cli", "cloud", "simulator", "infra", "handlers", "schemas"],
  dashboards: ["outputs.ts", "infra", "schemas", "test"],
  scripts: ["bench", "cli", "cloud", "simulator", "infra", "handlers", "schemas"],
};

const importZones = Object.entries(imports).map(([folder, allowed]) => ({
  target: `./${folder}`,
  from: "./",
  except: ["node_modules", folder, ...allowed].map((path) => `./${path}`),
  message: `${folder}/ may import only from ${[...allowed, "packages"].join(", ")}.`,
}));

export default tseslint.config(
  { ignores: ["node_modules/**", "build/**", ".local/**"] },
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
    files: ["index.ts"],
    rules: { "no-restricted-syntax": ["error", ...unprintable] },
  },
  {
    files: ["handlers/transform/{files,rows}/*.ts"],
    // V8's optimising compiler takes longer for an iterator, and most of a build runs once.
    rules: { "@typescript-eslint/prefer-for-of": "off" },
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
