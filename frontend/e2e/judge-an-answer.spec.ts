import { expect, test, type Page } from "@playwright/test";

async function signIn(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.getByLabel("E-mail").fill("demo@sigmasight.example");
  await page.getByLabel("Password").fill("sigmasight-demo");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(new RegExp(`${address}$`));
}

async function ask(page: Page, question: string) {
  await page.getByRole("textbox", { name: "Your question" }).fill(question);
  await page.keyboard.press("Enter");
  const answer = page.getByRole("article", { name: "Answer" }).last();
  await expect(answer.getByRole("button", { name: "Good answer" })).toBeVisible({ timeout: 60_000 });
  return answer;
}

test("a person follows an answer to its source, says what was wrong with it, and finds both again", async ({ page }) => {
  await signIn(page, "/analyst");
  const answer = await ask(page, "How is value at risk computed?");

  await answer.getByRole("region", { name: "Sources" }).getByRole("button").first().click();
  const source = page.getByRole("dialog", { name: "Source" });
  await expect(source.getByRole("region", { name: "Passage" })).toContainText(/risk/i);
  await source.getByRole("button", { name: "Show the whole document" }).click();
  await expect(source.locator("mark").first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(source).toBeHidden();

  await answer.getByRole("button", { name: "Bad answer" }).click();
  await answer.getByRole("button", { name: "Too long" }).click();
  await answer.getByLabel("Comment").fill("A sentence would do.");
  await answer.getByRole("button", { name: "Save" }).click();
  await expect(answer.getByRole("button", { name: "Change what you said" })).toBeVisible();

  await page.reload();
  await expect(answer.getByRole("button", { name: "Bad answer", pressed: true })).toBeVisible();
  await answer.getByRole("button", { name: "Change what you said" }).click();
  await expect(answer.getByLabel("Comment")).toHaveValue("A sentence would do.");
});

test("a figure shows its source to the keyboard, and an edited question takes the place of the former", async ({ page }) => {
  await signIn(page, "/portfolios");
  await page.getByRole("link", { name: "Balanced Individual" }).click();
  await page.getByRole("button", { name: "Ask the analyst" }).click();
  const answer = await ask(page, "What is my beta?");
  await answer.getByRole("note").first().focus();
  await expect(page.getByRole("tooltip")).toContainText(/As of/);

  await page.getByRole("button", { name: "Edit the question" }).click();
  await page.getByRole("textbox", { name: "Edit the question" }).fill("What is my worst drawdown?");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("article", { name: "Answer" })).toContainText(/drawdown/i, { timeout: 60_000 });
  await expect(page.getByRole("article", { name: "Answer" })).toHaveCount(1);
  await expect(page.getByText("What is my beta?", { exact: true })).toHaveCount(0);
});

test("a person has something remembered, changes it and has it forgotten", async ({ page }) => {
  await signIn(page, "/settings");
  const card = page.getByRole("region", { name: "What the analyst remembers" });
  await card.getByRole("button", { name: "Add", exact: true }).click();
  await card.getByLabel("What to remember").fill("Compare me with the market every time.");
  await card.getByLabel("Kind").selectOption("rule");
  await card.getByRole("button", { name: "Remember", exact: true }).click();
  await expect(card.getByRole("listitem").filter({ hasText: "every time" })).toBeVisible();

  await card.getByRole("button", { name: "Edit: Compare me with the market every time." }).click();
  await card.getByLabel("What to remember").fill("Compare me with the market.");
  await card.getByRole("button", { name: "Save" }).click();
  await expect(card.getByRole("button", { name: "Forget: Compare me with the market." })).toBeVisible();
  await page.reload();
  await card.getByRole("button", { name: "Forget: Compare me with the market." }).click();
  await card.getByRole("button", { name: "Forget", exact: true }).click();
  await expect(card.getByText("Compare me with the market.")).toHaveCount(0);
});
