import { expect, it } from "vitest";

import { fieldsOf, toApiError } from "./errors";

const refused = (fields: unknown) => toApiError(422, { error: "invalid_request", detail: "quantity: must not be 0", request_id: "r1", fields });

it("says what is wrong with each field in a sentence, its first problem first", () => {
  const error = refused([
    { field: "quantity", problem: "must not be 0" },
    { field: "quantity", problem: "is too large" },
    { field: "trades.0.symbol", problem: "Has no prices." },
  ]);
  expect(error.fields).toEqual({ quantity: "Must not be 0.", "trades.0.symbol": "Has no prices." });
});

it("knows no fields where an answer names none", () => {
  expect(refused(null).fields).toEqual({});
  expect(refused([{ field: 3 }]).fields).toEqual({});
  expect(fieldsOf(new Error("no answer"))).toEqual({});
});
