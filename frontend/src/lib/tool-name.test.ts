import { expect, it } from "vitest";

import { toolName } from "./tool-name";

it.each([
  ["get_value_at_risk", "Value at risk"],
  ["list_portfolios", "List portfolios"],
  ["run_stress_test", "Stress test"],
])("says %s as %s", (name, label) => expect(toolName(name)).toBe(label));
