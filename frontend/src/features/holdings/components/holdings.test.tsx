// @vitest-environment happy-dom
import { fakeNetwork, show, type Asked } from "@/test/network";
import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";

import type { Portfolio } from "@/lib/api/portfolios";
import type { CashFlow } from "../api/cash-flows";
import type { Lot } from "../api/lots";
import { CashCard } from "./cash-card";
import { DeletePortfolioCard } from "./delete-portfolio-card";
import { LotsCard } from "./lots-card";
import { NewPortfolioForm, PortfolioSettingsCard } from "./portfolio-form";

const PORTFOLIO: Portfolio = { id: "p1", name: "Growth", base_currency: "USD", benchmark: "SP500", opening_cash: 1000, inception_date: "2022-01-03" };

const lot = (id: string, change: Partial<Lot> = {}): Lot => ({
  id,
  portfolio_id: "p1",
  symbol: "AAPL",
  position_class: "PUBLIC",
  quantity: 40,
  entry_date: "2022-01-03",
  entry_price: 178.25,
  exit_date: null,
  exit_price: null,
  notes: "",
  underlying_symbol: null,
  option_type: null,
  strike: null,
  expiry: null,
  multiplier: null,
  volatility: null,
  name: null,
  stated_value: null,
  stated_on: null,
  ...change,
});

const invalid = (field: string, problem: string) =>
  Response.json({ error: "invalid_field", detail: `${field} ${problem}`, request_id: "r", fields: [{ field, problem }] }, { status: 422 });

let lots: Lot[];
let flows: CashFlow[];
let write: (asked: Asked) => Response;
let network: ReturnType<typeof fakeNetwork>;

beforeEach(() => {
  lots = [lot("a")];
  flows = [];
  write = ({ method }) => (method === "DELETE" ? new Response(null, { status: 204 }) : Response.json({ id: "p2" }));
  network = fakeNetwork((asked) => {
    if (asked.method !== "GET") return write(asked);
    return Response.json({ items: asked.path.endsWith("/cash-flows") ? flows : lots, next_cursor: null });
  });
});

const written = (method: string) => network.asked.filter((asked) => asked.method === method);
const bodyOf = (asked: Asked | undefined) => JSON.parse(asked!.body) as unknown;

async function openAdd() {
  const user = show(<LotsCard portfolio={PORTFOLIO} />);
  await user.click(await screen.findByRole("button", { name: "Add a position" }));
  return { user, sheet: within(screen.getByRole("dialog", { name: "Add a position" })) };
}

it("adds a position, and says at its field what the server will not take", async () => {
  write = () => invalid("symbol", "there is no instrument 'NOPE' here");
  const { user, sheet } = await openAdd();
  await user.type(sheet.getByLabelText("Symbol"), "NOPE");
  await user.type(sheet.getByLabelText("Quantity"), "-12.5");
  await user.type(sheet.getByLabelText("Entered on"), "2022-01-03");
  await user.type(sheet.getByLabelText("Price a unit"), "60.125");
  await user.click(sheet.getByRole("button", { name: "Add" }));
  const symbol = sheet.getByLabelText<HTMLInputElement>("Symbol");
  await waitFor(() => expect(symbol.getAttribute("aria-invalid")).toBe("true"));
  expect(sheet.getByText("There is no instrument 'NOPE' here.").id).toBe(symbol.getAttribute("aria-describedby"));
  expect(sheet.queryByRole("alert")).toBeNull();
  write = () => Response.json(lot("b"));
  await user.clear(symbol);
  await user.type(symbol, "KO");
  await user.click(sheet.getByRole("button", { name: "Add" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(bodyOf(written("POST").at(-1))).toEqual({ position_class: "PUBLIC", symbol: "KO", quantity: -12.5, entry_date: "2022-01-03", entry_price: 60.125, notes: "" });
});

it("adds a contract by its terms, its volatility in percent", async () => {
  const { user, sheet } = await openAdd();
  await user.click(sheet.getByRole("radio", { name: "Option" }));
  const fill = (label: string, value: string) => user.type(sheet.getByLabelText(label), value);
  await fill("Underlying", "AAPL");
  await user.selectOptions(sheet.getByLabelText("Type"), "put");
  await fill("Strike", "150");
  await fill("Expiry", "2023-01-20");
  await fill("Contracts", "2");
  await fill("Entered on", "2022-06-01");
  await fill("Price a share", "12.4");
  await fill("Volatility, % a year", "28.3");
  await user.click(sheet.getByRole("button", { name: "Add" }));
  await waitFor(() => expect(written("POST")).toHaveLength(1));
  expect(bodyOf(written("POST")[0])).toMatchObject({ position_class: "OPTIONS", underlying_symbol: "AAPL", option_type: "put", strike: 150, expiry: "2023-01-20", multiplier: 100, volatility: 0.283 });
});

it("leaves what was not stated of a private holding to the server", async () => {
  const { user, sheet } = await openAdd();
  await user.click(sheet.getByRole("radio", { name: "Private" }));
  for (const [label, value] of [["Label", "FUND-II"], ["Name", "Second fund"], ["Quantity", "1"], ["Entered on", "2022-06-01"], ["Price a unit", "500000"]] as const) {
    await user.type(sheet.getByLabelText(label), value);
  }
  await user.click(sheet.getByRole("button", { name: "Add" }));
  await waitFor(() => expect(written("POST")).toHaveLength(1));
  expect(bodyOf(written("POST")[0])).toMatchObject({ position_class: "PRIVATE", name: "Second fund", stated_value: null, stated_on: null });
});

it("edits, closes, reopens and deletes a lot", async () => {
  lots = [lot("a"), lot("b", { symbol: "KO", exit_date: "2022-05-02", exit_price: 64 })];
  const user = show(<LotsCard portfolio={PORTFOLIO} />);
  await user.click(await screen.findByRole("button", { name: "Edit: AAPL, entered Jan 3, 2022" }));
  const quantity = screen.getByLabelText("Quantity");
  await user.clear(quantity);
  await user.type(quantity, "50");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await user.click(screen.getByRole("button", { name: "Close: AAPL, entered Jan 3, 2022" }));
  const part = screen.getByLabelText<HTMLInputElement>("Quantity to close");
  expect(part.value).toBe("40");
  await user.clear(part);
  await user.type(part, "15");
  await user.type(screen.getByLabelText("Closed on"), "2022-06-01");
  await user.type(screen.getByLabelText("Price a unit"), "150");
  await user.click(screen.getByRole("button", { name: "Close the position" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await user.click(screen.getByRole("button", { name: "Reopen: KO, entered Jan 3, 2022" }));
  await waitFor(() => expect(written("PATCH")).toHaveLength(2));
  expect(written("POST").map(({ path, body }) => [path, JSON.parse(body)])).toEqual([["/positions/a/close", { quantity: 15, exit_date: "2022-06-01", exit_price: 150 }]]);
  expect(written("PATCH").map(bodyOf)).toEqual([
    { quantity: 50, entry_date: "2022-01-03", entry_price: 178.25, notes: "" },
    { exit_date: null, exit_price: null },
  ]);
  await user.click(screen.getByRole("button", { name: "Delete: AAPL, entered Jan 3, 2022" }));
  expect(written("DELETE")).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Delete, as if never held" }));
  await waitFor(() => expect(written("DELETE").map(({ path }) => path)).toEqual(["/positions/a"]));
});

it("takes money in and out, and empties the form once it is kept", async () => {
  flows = [{ id: "f1", portfolio_id: "p1", date: "2022-02-01", amount: -250, note: "Rent" }];
  const user = show(<CashCard portfolio={PORTFOLIO} />);
  expect((await screen.findByText("Rent")).parentElement?.textContent).toContain("−$250.00");
  await user.type(screen.getByLabelText("Day"), "2022-03-01");
  await user.type(screen.getByLabelText("Amount"), "500");
  await user.click(screen.getByRole("button", { name: "Add" }));
  await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>("Amount").value).toBe(""));
  expect(bodyOf(written("POST")[0])).toEqual({ date: "2022-03-01", amount: 500, note: "" });
  await user.click(screen.getByRole("button", { name: "Delete: −$250.00 on Feb 1, 2022" }));
  await user.click(screen.getByRole("button", { name: "Delete" }));
  await waitFor(() => expect(written("DELETE")[0]?.path).toBe("/cash-flows/f1"));
});

it("creates a portfolio, and leads to it", async () => {
  const onCreated = vi.fn();
  const user = show(<NewPortfolioForm onCreated={onCreated} />);
  await user.type(screen.getByLabelText("Name"), "Pension");
  await user.click(screen.getByRole("button", { name: "Create" }));
  await waitFor(() => expect(onCreated).toHaveBeenCalledWith("p2"));
  expect(bodyOf(written("POST")[0])).toEqual({ name: "Pension", base_currency: "USD", benchmark: "SP500", opening_cash: 0, inception_date: null });
});

it("renames a portfolio, and says in words what went wrong beyond its fields", async () => {
  write = () => Response.json({ error: "busy", detail: "The database does not answer.", request_id: "r" }, { status: 503 });
  const user = show(<PortfolioSettingsCard portfolio={PORTFOLIO} />);
  await user.type(screen.getByLabelText("Name"), " II");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect((await screen.findByRole("alert")).textContent).toContain("Not saved. The database does not answer.");
  expect(bodyOf(written("PATCH")[0])).toEqual({ name: "Growth II", benchmark: "SP500", opening_cash: 1000, inception_date: "2022-01-03" });
});

it("deletes a portfolio only when its name was typed", async () => {
  const onDeleted = vi.fn();
  const user = show(<DeletePortfolioCard portfolio={PORTFOLIO} onDeleted={onDeleted} />);
  await user.type(screen.getByLabelText(/type its name/), "Growt{Enter}");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Delete for good" }).disabled).toBe(true);
  expect(written("DELETE")).toEqual([]);
  await user.type(screen.getByLabelText(/type its name/), "h");
  await user.click(screen.getByRole("button", { name: "Delete for good" }));
  await waitFor(() => expect(onDeleted).toHaveBeenCalled());
  expect(written("DELETE")[0]?.path).toBe("/portfolios/p1");
});
