import { expect, test } from "@playwright/test";

test("a person imports the template, finds the portfolio, and asks what a trade would change", async ({ page }) => {
  const name = `Imported ${Date.now()}`;
  await page.goto("/import");
  await page.getByLabel("E-mail").fill("demo@sigmasight.example");
  await page.getByLabel("Password").fill("sigmasight-demo");
  await page.getByRole("button", { name: "Sign in" }).click();

  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: /Download the template/ }).click();
  const template = await (await download).path();
  await page.getByLabel("Choose a file").setInputFiles(template);
  await expect(page.getByText(/recognised as the SigmaSight CSV template/)).toBeVisible();
  await expect(page.getByRole("table", { name: "Rejected rows" })).toHaveCount(0);
  await page.getByRole("radio", { name: "One new portfolio" }).check();
  await page.getByLabel("Name of the portfolio").fill(name);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: `Import 5 lots into ${name}` }).click();
  await page.getByRole("link", { name }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();

  await page.getByRole("link", { name: "What if" }).click();
  await page.getByLabel("Symbol").fill("XOM");
  await page.getByLabel("Quantity").fill("-120");
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page.getByText(/^1 trade worth/)).toBeVisible();
  await expect(page.getByRole("table", { name: "Weights" }).getByRole("row", { name: /^XOM 120 0/ })).toBeVisible();

  await page.getByRole("link", { name }).click();
  await page.getByRole("link", { name: "Edit holdings" }).click();
  await page.getByLabel(/type its name/).fill(name);
  await page.getByRole("button", { name: "Delete for good" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Portfolios" })).toBeVisible();
  await expect(page.getByRole("link", { name })).toHaveCount(0);
});
