import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  // An image carries the server and what it needs, and no more; `next start` does not run such a build.
  output: process.env.WEB_BUILD === "standalone" ? "standalone" : undefined,
  // The repository root has no package.json; without this Next guesses the root from lock files further up.
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
};

export default config;
