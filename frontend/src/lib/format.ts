/** How figures are written. One locale for everybody, so that the server and the browser write the same text. */
const LOCALE = "en-US";
const MINUS = "\u2212";
/** Keeps a figure and its unit on one line. */
const NO_BREAK = "\u00a0";

export const UNKNOWN = "\u2014";

export interface MoneyOptions {
  signed?: boolean;
  /** Whole units, for headline figures where cents are noise. */
  whole?: boolean;
  /** "$1.2M", for axes. */
  compact?: boolean;
  /** Up to six decimals, for amounts below a cent. */
  exact?: boolean;
}

export function money(value: number, currency: string, options: MoneyOptions = {}): string {
  return withMinus(
    new Intl.NumberFormat(LOCALE, {
      style: "currency",
      currency,
      signDisplay: sign(options.signed),
      ...moneyDigits(options),
    }).format(value),
  );
}

function moneyDigits({ whole, compact, exact }: MoneyOptions): Intl.NumberFormatOptions {
  if (compact) return { notation: "compact", maximumFractionDigits: 1 };
  if (exact) return { minimumFractionDigits: 2, maximumFractionDigits: 6 };
  const digits = whole ? 0 : 2;
  return { minimumFractionDigits: digits, maximumFractionDigits: digits };
}

/** A fraction as a percentage: 0.1234 is "12.34%". */
export function percent(fraction: number, options: { signed?: boolean; digits?: number } = {}): string {
  const digits = options.digits ?? 2;
  return withMinus(
    new Intl.NumberFormat(LOCALE, {
      style: "percent",
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      signDisplay: sign(options.signed),
    }).format(fraction),
  );
}

export function decimal(value: number, digits = 2): string {
  return withMinus(
    new Intl.NumberFormat(LOCALE, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value),
  );
}

/** A count or a number of shares: as many decimals as it has, up to four. */
export function quantity(value: number): string {
  return withMinus(new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 4 }).format(value));
}

/** A calendar day such as "2025-11-21" as "Nov 21, 2025", whatever the reader's time zone. */
export function day(isoDate: string): string {
  const options = { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(LOCALE, options).format(new Date(`${isoDate.slice(0, 10)}T00:00:00Z`));
}

/** A moment in the reader's own time zone: for the browser only. */
export function moment(isoDateTime: string): string {
  const options = { dateStyle: "medium", timeStyle: "short" } as const;
  return new Intl.DateTimeFormat(LOCALE, options).format(new Date(isoDateTime));
}

export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)}${NO_BREAK}ms`;
  return `${decimal(milliseconds / 1000, 1)}${NO_BREAK}s`;
}

export function plural(count: number, noun: string): string {
  return `${quantity(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** Text from elsewhere whose figures stay beside their per cent signs. It may begin in the middle of a figure. */
export function unbroken(text: string): string {
  return text.replace(/(^|\d) (?=%)/g, `$1${NO_BREAK}`);
}

function sign(signed: boolean | undefined): "exceptZero" | "negative" {
  // "negative" also keeps a rounded-away loss from reading as "-0.00".
  return signed ? "exceptZero" : "negative";
}

function withMinus(text: string): string {
  return text.replace("-", MINUS);
}
