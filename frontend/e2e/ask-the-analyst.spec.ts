import { expect, test, type Page } from "@playwright/test";

const QUESTION = "How risky is my portfolio compared with the market?";

async function signIn(page: Page): Promise<void> {
  await page.goto("/portfolios");
  await page.getByLabel("E-mail").fill("demo@sigmasight.example");
  await page.getByLabel("Password").fill("sigmasight-demo");
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("a person signs in, asks about a portfolio's risk and finds the answer again", async ({ page }) => {
  const policyViolations: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") policyViolations.push(message.text());
  });

  await signIn(page);
  await page.getByRole("link", { name: "Balanced Individual" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Balanced Individual" })).toBeVisible();
  await expect(page.getByText("Net asset value", { exact: true })).toBeVisible();
  await expect(page.getByRole("img", { name: /Furthest below a peak/ })).toBeVisible();

  await page.getByRole("button", { name: "Ask the analyst" }).click();
  await page.getByRole("textbox", { name: "Your question" }).fill(QUESTION);
  await page.keyboard.press("Enter");

  const answer = page.getByRole("article", { name: "Answer" });
  await expect(answer.getByRole("button", { name: "Copy the answer" })).toBeVisible({ timeout: 60_000 });
  const steps = answer.getByTestId("tool-step");
  expect(await steps.count()).toBeGreaterThanOrEqual(2);
  await steps.first().click();
  await expect(steps.first().getByText(/arguments/)).toBeVisible();
  await steps.first().locator("summary").click();
  await expect(answer).toContainText(/volatility/i);
  await expect(answer).toContainText(/beta/i);

  const streamed = await answer.innerText();
  await page.reload();
  await expect(answer.getByRole("button", { name: "Copy the answer" })).toBeVisible();
  expect(await answer.innerText()).toBe(streamed);
  expect(policyViolations).toEqual([]);
});

test("a wrong password is refused in words, and the page asked for comes after the right one", async ({ page }) => {
  await page.goto("/analyst");
  await page.getByLabel("E-mail").fill("demo@sigmasight.example");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").filter({ hasText: /password/i })).toBeVisible();

  await page.getByLabel("Password").fill("sigmasight-demo");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/analyst$/);
  await expect(page.getByRole("heading", { name: "Ask the analyst" })).toBeVisible();
});

test("no script of the page can read the session", async ({ page }) => {
  await signIn(page);
  await expect(page.getByRole("heading", { level: 1, name: "Portfolios" })).toBeVisible();
  expect(await page.evaluate(() => document.cookie)).not.toContain("sigmasight");
  const tokens = await page.evaluate(async () => (await fetch("/api/proxy/auth/refresh", { method: "POST" })).status);
  expect(tokens).toBe(404);
});
