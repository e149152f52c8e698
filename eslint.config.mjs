import js from "@eslint/js";
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

export default tseslint.config(
  { ignores: ["node_modules/**", "build/**", ".local/**"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strict, tseslint.configs.stylistic],
    rules: {
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
