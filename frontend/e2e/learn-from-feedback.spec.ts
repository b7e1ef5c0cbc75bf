import { expect, test, type APIRequestContext, type Locator, type Page } from "@playwright/test";

const PASSWORD = "sigmasight-demo";
// A thing that nothing in the demo is about, so that its questions make a topic of their own.
const QUESTIONS = [
  "When can I redeem the Marlow private fund?",
  "What is the notice period of the Marlow private fund?",
  "How do I get my money out of the Marlow private fund?",
  "Does the Marlow private fund have redemption gates?",
  "How long is the Marlow private fund locked up?",
  "What are the redemption terms of the Marlow private fund?",
];
const CORRECTION = "Redemption takes written notice to the administrator, and gates may spread the payment over quarters.";
// Half of all answers is held out, by their identifiers, which are random: there are questions until both halves have some.
const IN_EACH_HALF = 3;
const MOST_QUESTIONS = 30;

// A worker that has just begun indexes what ships first.
test.setTimeout(600_000);

test("an administrator has a poor topic found, a page drafted, approved and measured, and takes it back", async ({ page, browser }) => {
  await signIn(page, "demo@sigmasight.example", "/settings");
  await judgeAnswers(page.request);

  const admin = await (await browser.newContext()).newPage();
  await signIn(admin, "admin@sigmasight.example", "/administration/learning");
  const title = await draftFromReport(admin);
  const proposal = admin.getByRole("article", { name: title }).first();
  await proposal.getByRole("button", { name: "Edit" }).click();
  const ownTitle = `${title}, edited ${Date.now()}`;
  await proposal.getByLabel("Title").fill(ownTitle);
  await proposal.getByRole("button", { name: "Save" }).click();
  const edited = admin.getByRole("article", { name: ownTitle });

  await edited.getByRole("button", { name: "Measure as it is now…" }).click();
  await measure(edited);
  await expect(edited.getByText(/^Measured before on/)).toBeVisible({ timeout: 120_000 });
  await edited.getByRole("button", { name: "Approve" }).click();
  await expect(edited.getByText(/^Approved/)).toBeVisible();
  // A document has to be indexed before answers find it
  const comparison = edited.getByRole("table", { name: "Before and after" });
  const begun = edited.getByRole("progressbar").or(comparison).first();
  await edited.getByRole("button", { name: "Measure with the change…" }).click();
  await expect(async () => {
    if (!(await begun.isVisible())) await measure(edited);
    await expect(begun).toBeVisible({ timeout: 5_000 });
  }).toPass({ timeout: 120_000 });
  await expect(comparison).toBeVisible({ timeout: 120_000 });

  await edited.getByRole("button", { name: "Take back" }).click();
  await edited.getByRole("textbox").fill("Only tried.");
  await edited.getByRole("button", { name: "Take back" }).click();
  await expect(edited.getByText(/^Taken back/)).toBeVisible();
  await expect(edited.getByText(/reverted, “Only tried.”/)).toBeAttached();
});

async function signIn(page: Page, email: string, address: string): Promise<void> {
  await page.goto(address);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(new RegExp(`${address}$`));
}

/** Questions asked and answers found bad, as a person would, only quicker. */
async function judgeAnswers(request: APIRequestContext): Promise<void> {
  const conversation = await request.post("/api/proxy/chat/conversations", { data: {} });
  expect(conversation.ok()).toBe(true);
  const { id } = (await conversation.json()) as { id: string };
  const halves = { shown: 0, heldOut: 0 };
  for (let asked = 0; asked < MOST_QUESTIONS; asked += 1) {
    if (asked >= QUESTIONS.length && Math.min(halves.shown, halves.heldOut) >= IN_EACH_HALF) return;
    const sent = await request.post("/api/proxy/chat/send", { data: { conversation_id: id, text: QUESTIONS[asked % QUESTIONS.length] } });
    const answerId = /"assistant_message_id":\s*"([0-9a-f-]+)"/.exec(await sent.text())?.[1] ?? "";
    const opinion = { rating: "down", reason: "missing", edited_text: CORRECTION };
    const judged = await request.post(`/api/proxy/agent/messages/${answerId}/feedback`, { data: opinion });
    expect(judged.ok(), await judged.text()).toBe(true);
    halves[isHeldOut(answerId) ? "heldOut" : "shown"] += 1;
  }
}

/** As the server parts them: by whether the identifier has an even number of ones. */
function isHeldOut(id: string): boolean {
  const ones = [...id.replaceAll("-", "")].flatMap((digit) => [...Number.parseInt(digit, 16).toString(2)]).filter((bit) => bit === "1");
  return ones.length % 2 === 0;
}

/** The title of the page that is drafted for the topic of the questions above. */
async function draftFromReport(page: Page): Promise<string> {
  const ordered = page.waitForResponse((answer) => answer.request().method() === "POST" && answer.url().endsWith("/learning/reports"));
  await page.getByRole("button", { name: "Make a report" }).click();
  const { id } = (await (await ordered).json()) as { id: string };
  const status = async () => ((await (await page.request.get(`/api/proxy/agent/learning/reports/${id}`)).json()) as { status: string }).status;
  await expect.poll(status, { timeout: 300_000 }).toBe("ready");
  const newest = page.getByRole("region", { name: "Reports" }).getByRole("listitem").first();
  await expect(newest.getByRole("progressbar")).toHaveCount(0);
  await newest.getByRole("button").first().click();
  const topic = page.getByRole("table", { name: "Topics" }).getByRole("button", { name: /marlow|private fund/i }).first();
  await topic.click();
  await page.getByRole("button", { name: "Draft what would help" }).click();
  await expect(page.getByText(/proposals? below, for you to judge/)).toBeVisible();
  return `About ${((await topic.textContent()) ?? "").trim()}`;
}

/** Without the evaluation, which takes its time. */
async function measure(proposal: Locator): Promise<void> {
  await proposal.getByRole("checkbox").uncheck({ timeout: 15_000 });
  await proposal.getByRole("button", { name: "Measure", exact: true }).click({ timeout: 15_000 });
}
