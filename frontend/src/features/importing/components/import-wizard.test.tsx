// @vitest-environment happy-dom
import { fakeNetwork, refusal, show, type Asked } from "@/test/network";
import { fakeUploads } from "@/test/uploads";
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";

import type { ImportReport, RejectedRow } from "../api/imports";
import { ImportWizard } from "./import-wizard";

const FILE = new File(["symbol,quantity\n"], "holdings.csv", { type: "text/csv" });
const REJECTED: RejectedRow = { row: 4, column: "symbol", value: "=HYPERLINK()", reason: "a formula where a symbol is expected", remedy: "Write the ticker." };

const report = (change: Partial<ImportReport> = {}): ImportReport => ({
  is_dry_run: true,
  format: "template",
  format_label: "the SigmaSight CSV template",
  as_of: null,
  portfolios: [
    {
      portfolio_id: null,
      name: "Core",
      is_new: true,
      positions: [{ row: 2, symbol: "AAPL", name: "Apple Inc.", position_class: "PUBLIC", quantity: -40, entry_date: "2022-01-03", entry_price: 178.25 }],
      cash: [{ row: 3, amount: 25000, date: "2022-01-03" }],
    },
  ],
  position_count: 1,
  rejected_rows: [],
  unknown_symbols: [],
  warnings: [],
  ...change,
});

const OWNED = { id: "p9", name: "Growth", base_currency: "USD", benchmark: "SP500", opening_cash: 0, inception_date: null, position_count: 0 };

let network: ReturnType<typeof fakeNetwork>;
let answer: (asked: Asked) => Response;

beforeEach(() => {
  fakeUploads();
  answer = () => Response.json(report());
  network = fakeNetwork((asked) => {
    if (asked.path === "/portfolios") return Response.json({ items: [OWNED], next_cursor: null });
    return asked.path === "/auth/me" ? Response.json({}) : answer(asked);
  });
});

const isReal = ({ body }: Asked) => valueOf(body, "dry_run") === "false";
const imports = () => network.asked.filter(({ path }) => path === "/portfolios/import");
const importButton = () => screen.findByRole<HTMLButtonElement>("button", { name: /^Import/ });

/** A text field of a form as it went over the wire. */
function valueOf(body: string, name: string): string | null {
  return new RegExp(`name="${name}"\r\n\r\n([^\r]*)`).exec(body)?.[1] ?? null;
}

async function choose(file = FILE, portfolioId: string | null = null) {
  const user = show(<ImportWizard portfolioId={portfolioId} />);
  await user.upload(screen.getByLabelText("Choose a file"), file);
  return user;
}

it("shows what a file would make, and keeps nothing before it is told to", async () => {
  const user = await choose();
  const button = await importButton();
  expect(screen.getByText(/recognised as the SigmaSight CSV template/)).toBeDefined();
  const lots = within(screen.getByRole("table", { name: "Lots of Core" }));
  expect(lots.getByRole("row", { name: /AAPL.*short.*−40.*\$178.25.*Jan 3, 2022/ })).toBeDefined();
  expect(screen.getByText("$25,000.00")).toBeDefined();
  expect(imports().some(isReal)).toBe(false);
  answer = () => Response.json(report({ is_dry_run: false, portfolios: [{ ...report().portfolios[0]!, portfolio_id: "p1" }] }));
  expect(button.textContent).toBe("Import 1 lot into Core");
  await user.click(button);
  expect((await screen.findByRole("link", { name: /Core/ })).getAttribute("href")).toBe("/portfolios/p1");
  expect(imports().filter(isReal)).toHaveLength(1);
});

it("holds rejected rows back until the person leaves them out", async () => {
  answer = () => Response.json(report({ rejected_rows: [REJECTED], unknown_symbols: ["ZZZZ"] }));
  const user = await choose();
  const button = await importButton();
  const row = within(screen.getByRole("table", { name: "Rejected rows" })).getByRole("row", { name: /HYPERLINK/ });
  expect(row.textContent).toBe("4symbol=HYPERLINK()A formula where a symbol is expected. Write the ticker.");
  expect(screen.getByText("Without prices here: ZZZZ")).toBeDefined();
  expect(button.disabled).toBe(true);
  await user.click(screen.getByRole("checkbox", { name: "Leave out the 1 rejected row and import the rest" }));
  await user.click(button);
  await waitFor(() => expect(imports().filter(isReal).map(({ body }) => valueOf(body, "accept_partial"))).toEqual(["true"]));
});

it("checks again for another target, and imports into that one", async () => {
  const user = await choose();
  await importButton();
  await user.click(screen.getByRole("radio", { name: "A portfolio that I have" }));
  expect(screen.getByLabelText<HTMLSelectElement>("Add to").value).toBe("p9");
  await waitFor(() => expect(valueOf(imports().at(-1)!.body, "portfolio_id")).toBe("p9"));
  await user.click(screen.getByRole("radio", { name: "One new portfolio" }));
  const name = screen.getByLabelText("Name of the portfolio");
  await user.clear(name);
  await user.type(name, "Pension{Enter}");
  await waitFor(async () => expect((await importButton()).disabled).toBe(false));
  await user.click(await importButton());
  const real = await waitFor(() => imports().find(isReal)!);
  expect(valueOf(real.body, "name")).toBe("Pension");
  expect(valueOf(real.body, "portfolio_id")).toBeNull();
});

it("starts with the portfolio that the person came from", async () => {
  await choose(FILE, "p9");
  await importButton();
  expect(imports().map(({ body }) => valueOf(body, "portfolio_id"))).toEqual(["p9"]);
});

it("puts what is wrong with the day at its field, and dates the lots by another", async () => {
  answer = ({ body }) =>
    valueOf(body, "as_of") === "2029-01-01"
      ? Response.json({ error: "invalid_field", detail: "as_of lies in the future", request_id: "r", fields: [{ field: "as_of", problem: "lies in the future" }] }, { status: 422 })
      : Response.json(report({ as_of: "2025-11-21" }));
  await choose();
  const field = await screen.findByLabelText<HTMLInputElement>("Day of what the file gives no date for");
  expect(field.value).toBe("2025-11-21");
  fireEvent.change(field, { target: { value: "2029-01-01" } });
  fireEvent.blur(field);
  expect(await screen.findByText("Lies in the future.")).toBeDefined();
  expect(screen.queryByRole("button", { name: /^Import/ })).toBeNull();
});

it("says why a file is refused, and takes another one", async () => {
  answer = () => refusal(422, "The file is empty.");
  const user = await choose();
  expect((await screen.findByRole("alert")).textContent).toContain("The file could not be read. The file is empty.");
  expect(screen.queryByRole("radio")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Choose another file" }));
  answer = () => Response.json(report());
  await user.upload(screen.getByLabelText("Choose a file"), FILE);
  expect(await importButton()).toBeDefined();
});

it("does not send what is too large or more than one", async () => {
  show(<ImportWizard portfolioId={null} />);
  const area = screen.getByTestId("drop-area");
  fireEvent.drop(area, { dataTransfer: { files: [FILE, FILE] } });
  expect(screen.getByRole("alert").textContent).toContain("One file at a time");
  fireEvent.drop(area, { dataTransfer: { files: [new File([new Uint8Array(10 * 1024 * 1024 + 1)], "all.csv")] } });
  expect(screen.getByRole("alert").textContent).toContain("all.csv is larger than 10 MB.");
  expect(imports()).toEqual([]);
});

it("warns of a second import where the answer to the first was lost", async () => {
  const user = await choose();
  answer = () => {
    throw new TypeError("fetch failed");
  };
  await user.click(await importButton());
  expect((await screen.findByRole("alert")).textContent).toContain("it may have been kept");
});

it("says that nothing was imported where the server refuses", async () => {
  const user = await choose();
  answer = () => refusal(422, "The file has no position and no cash that could be imported.");
  await user.click(await importButton());
  expect((await screen.findByRole("alert")).textContent).toContain("Nothing was imported. The file has no position");
});

it("shows the first lots of many, and the others on demand", async () => {
  const [core] = report().portfolios;
  const positions = Array.from({ length: 12 }, (_, index) => ({ ...core!.positions[0]!, row: index + 2 }));
  answer = () => Response.json(report({ portfolios: [{ ...core!, positions }], position_count: 12 }));
  const user = await choose();
  const table = within(await screen.findByRole("table", { name: "Lots of Core" }));
  expect(table.getAllByRole("row")).toHaveLength(11);
  await user.click(screen.getByRole("button", { name: "Show all 12 lots" }));
  expect(table.getAllByRole("row")).toHaveLength(13);
});
