import { defineConfig } from "@playwright/test";

/** Expects running servers: `WEB_URL` says where the web app is. */
export default defineConfig({
  testDir: "e2e",
  timeout: 180_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"]],
  use: {
    baseURL: process.env.WEB_URL || "http://localhost:3000",
    trace: "retain-on-failure",
    launchOptions: {
      // A system's browser where there is one; otherwise the one that Playwright has installed.
      executablePath: process.env.CHROMIUM_PATH || undefined,
      // Containers give Chromium neither the rights for its sandbox nor much shared memory.
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
    },
  },
});
