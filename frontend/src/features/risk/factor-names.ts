import { capitalised } from "@/lib/tool-name";
import type { Factor } from "./api/risk";

export const FACTORS: readonly Factor[] = ["market", "momentum", "quality", "size", "minimum_volatility", "value", "treasuries"];

export function factorName(factor: Factor): string {
  return capitalised(factor.replaceAll("_", " "));
}
