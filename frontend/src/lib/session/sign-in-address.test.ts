import { describe, expect, it } from "vitest";

import { safeReturnPath } from "./sign-in-address";

describe("safeReturnPath", () => {
  it("keeps a path of this app with its query", () => {
    expect(safeReturnPath("/portfolios/1?chat=new")).toBe("/portfolios/1?chat=new");
  });

  it.each([null, "", "portfolios", "//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example", "javascript:alert(1)", "/sign-in?next=/"])(
    "goes home instead of to %j",
    (next) => {
      expect(safeReturnPath(next)).toBe("/portfolios");
    },
  );
});
