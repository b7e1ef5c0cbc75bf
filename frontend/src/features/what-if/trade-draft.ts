import type { Trade } from "./api/what-if";

/** A trade as it is being typed. `id` tells rows apart while others come and go. */
export interface TradeDraft {
  id: string;
  symbol: string;
  quantity: string;
  price: string;
}

/** The server's limit. */
export const MAX_TRADES = 50;

export const emptyDraft = (): TradeDraft => ({ id: crypto.randomUUID(), symbol: "", quantity: "", price: "" });

/** A row in which nothing was typed asks for nothing. */
export const isEmpty = ({ symbol, quantity, price }: TradeDraft) => symbol.trim() + quantity + price === "";

export function tradeOf({ symbol, quantity, price }: TradeDraft): Trade {
  return { symbol: symbol.trim(), quantity: Number(quantity), price: price === "" ? null : Number(price) };
}
