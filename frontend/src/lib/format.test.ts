import { describe, expect, it } from "vitest";

import { day, decimal, duration, money, percent, plural, quantity, unbroken } from "./format";

describe("money", () => {
  it.each([
    [1234567.891, "USD", {}, "$1,234,567.89"],
    [-1234.5, "USD", {}, "\u2212$1,234.50"],
    [1234.5, "EUR", { signed: true }, "+€1,234.50"],
    [0, "USD", { signed: true }, "$0.00"],
    [-0.001, "USD", {}, "$0.00"],
    [-0.001, "USD", { signed: true }, "$0.00"],
    [99999.5, "USD", { whole: true }, "$100,000"],
    [1250000, "USD", { compact: true }, "$1.3M"],
    [0.00042, "USD", { exact: true }, "$0.00042"],
    [5000, "JPY", { whole: true }, "¥5,000"],
  ])("writes %d %s with %j as %s", (value, currency, options, text) => {
    expect(money(value, currency, options)).toBe(text);
  });
});

describe("percent", () => {
  it.each([
    [0.1234, {}, "12.34%"],
    [-0.1234, {}, "\u221212.34%"],
    [0.1234, { signed: true }, "+12.34%"],
    [12.5, { digits: 1 }, "1,250.0%"],
    [-0.00001, {}, "0.00%"],
  ])("writes the fraction %d with %j as %s", (value, options, text) => {
    expect(percent(value, options)).toBe(text);
  });
});

describe("other figures", () => {
  it("writes decimals and quantities with separators", () => {
    expect(decimal(-0.789)).toBe("\u22120.79");
    expect(quantity(-1500)).toBe("\u22121,500");
    expect(quantity(0.33333333)).toBe("0.3333");
  });

  it("writes a calendar day as that day in every time zone", () => {
    expect(day("2025-11-21")).toBe("Nov 21, 2025");
    expect(day("2025-01-01T23:59:59Z")).toBe("Jan 1, 2025");
  });

  it("writes durations in the unit that reads best", () => {
    expect(duration(411.6)).toBe("412\u00a0ms");
    expect(duration(1540)).toBe("1.5\u00a0s");
  });

  it.each([
    ["It fell by 11.8 % in a week.", "It fell by 11.8\u00a0% in a week."],
    ["99 % and 5 %", "99\u00a0% and 5\u00a0%"],
    [" % of NAV", "\u00a0% of NAV"],
    ["what % of 20 shares, 5% and 7  %", "what % of 20 shares, 5% and 7  %"],
  ])("keeps figures beside their per cent signs in %j", (text, expected) => {
    expect(unbroken(text)).toBe(expected);
    expect(unbroken(text)).toHaveLength(text.length);
  });

  it("puts nouns into the plural", () => {
    expect(plural(1, "position")).toBe("1 position");
    expect(plural(0, "position")).toBe("0 positions");
  });
});
