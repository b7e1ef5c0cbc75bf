import next from "eslint-config-next/core-web-vitals";
import nextTypescript from "eslint-config-next/typescript";
import { defineConfig, globalIgnores } from "eslint/config";
import { readdirSync } from "node:fs";

const features = readdirSync(new URL("./src/features", import.meta.url));

/** A feature sees itself and what is shared; nothing shared sees a feature or a route. */
const zones = [
  ...features.map((feature) => ({
    target: `./src/features/${feature}`,
    from: "./src/features",
    except: [`./${feature}`],
    message: "Features do not import each other: compose them in a route, or move the shared part to lib or components.",
  })),
  { target: "./src/features", from: "./src/app", message: "A feature does not know the routes." },
  {
    target: ["./src/components", "./src/lib"],
    from: ["./src/features", "./src/app"],
    message: "Shared code does not know features or routes.",
  },
  { target: "./src/lib", from: "./src/components", message: "lib has no interface." },
];

export default defineConfig([
  ...next,
  ...nextTypescript,
  {
    rules: {
      "import/no-restricted-paths": ["error", { basePath: import.meta.dirname, zones }],
      "import/no-cycle": "error",
      "import/no-default-export": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      complexity: ["error", 12],
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  // Next and the tools ask for default exports in exactly these files.
  {
    files: [
      "src/app/**/{page,layout,error,not-found,loading,global-error}.tsx",
      "src/proxy.ts",
      "*.config.{ts,mjs}",
    ],
    rules: { "import/no-default-export": "off" },
  },
  // A `describe` block is a list of cases, not one function to hold in the head.
  { files: ["**/*.test.{ts,tsx}", "e2e/**"], rules: { "max-lines-per-function": "off" } },
  globalIgnores([".next/**", "next-env.d.ts", "src/lib/api/schema.d.ts"]),
]);
