import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  // The repository root has no package.json; without this Next guesses the root from lock files further up.
  turbopack: { root: import.meta.dirname },
};

export default config;
