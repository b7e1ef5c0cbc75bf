import type { LotClass, LotClose, LotIn, LotPatch } from "./api/lots";

/** What stands in a field of a form; the form itself says which ones must not be empty. */
export const text = (form: FormData, name: string) => String(form.get(name) ?? "").trim();
export const amount = (form: FormData, name: string) => Number(text(form, name));

export const optionalText = (form: FormData, name: string) => text(form, name) || null;
const optionalAmount = (form: FormData, name: string) => (text(form, name) === "" ? null : amount(form, name));

/** Percent as it is typed, a fraction as it is sent; rounded to what a person can have meant. */
const optionalFraction = (form: FormData, name: string) => {
  const percent = optionalAmount(form, name);
  return percent === null ? null : Number((percent / 100).toPrecision(12));
};

export const asPercent = (fraction: number | null) => (fraction === null ? "" : Number((fraction * 100).toPrecision(12)));

/** The lot that a form describes. */
export function lotOf(kind: LotClass, form: FormData): LotIn {
  const entry = {
    quantity: amount(form, "quantity"),
    entry_date: text(form, "entry_date"),
    entry_price: amount(form, "entry_price"),
    notes: text(form, "notes"),
  };
  switch (kind) {
    case "PUBLIC":
      return { position_class: kind, symbol: text(form, "symbol"), ...entry };
    case "OPTIONS":
      return {
        position_class: kind,
        underlying_symbol: text(form, "underlying_symbol"),
        option_type: text(form, "option_type") === "put" ? "put" : "call",
        strike: amount(form, "strike"),
        expiry: text(form, "expiry"),
        multiplier: amount(form, "multiplier"),
        volatility: optionalFraction(form, "volatility"),
        ...entry,
      };
    case "PRIVATE":
      return {
        position_class: kind,
        symbol: text(form, "symbol"),
        name: text(form, "name"),
        stated_value: optionalAmount(form, "stated_value"),
        stated_on: optionalText(form, "stated_on"),
        ...entry,
      };
  }
}

/** What a form for a lot that is there says. Its terms stay: another contract is another lot. */
export function changeOf(kind: LotClass, form: FormData): LotPatch {
  const entry = {
    quantity: amount(form, "quantity"),
    entry_date: text(form, "entry_date"),
    entry_price: amount(form, "entry_price"),
    notes: text(form, "notes"),
  };
  switch (kind) {
    case "PUBLIC":
      return entry;
    case "OPTIONS":
      return { ...entry, volatility: optionalFraction(form, "volatility") };
    case "PRIVATE":
      return { ...entry, stated_value: amount(form, "stated_value"), stated_on: text(form, "stated_on") };
  }
}

export const closeOf = (form: FormData): LotClose => ({
  quantity: amount(form, "quantity"),
  exit_date: text(form, "exit_date"),
  exit_price: amount(form, "exit_price"),
});
