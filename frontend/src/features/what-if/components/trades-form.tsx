"use client";

import { Plus, X } from "lucide-react";
import { useId, type FormEvent } from "react";

import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { emptyDraft, isEmpty, MAX_TRADES, type TradeDraft } from "../trade-draft";

interface TradesFormProps {
  drafts: TradeDraft[];
  /** What the server says is wrong with a field of a trade. */
  problemOf: (draft: TradeDraft, field: "symbol" | "quantity" | "price") => string | null;
  /** What is held, to choose from. */
  symbols: string[];
  isPending: boolean;
  onChange: (drafts: TradeDraft[]) => void;
  onCompare: () => void;
}

export function TradesForm({ drafts, problemOf, symbols, isPending, onChange, onCompare }: TradesFormProps) {
  const listId = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onCompare();
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <datalist id={listId}>
        {symbols.map((symbol) => (
          <option key={symbol} value={symbol} />
        ))}
      </datalist>
      {drafts.map((draft, index) => (
        <TradeRow
          key={draft.id}
          name={`Trade ${index + 1}`}
          draft={draft}
          listId={listId}
          problemOf={(field) => problemOf(draft, field)}
          onChange={(next) => onChange(drafts.map((each) => (each.id === draft.id ? next : each)))}
          onRemove={drafts.length > 1 || !isEmpty(draft) ? () => onChange(without(drafts, draft)) : null}
        />
      ))}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" aria-disabled={isPending}>
          {isPending ? "Comparing…" : "Compare"}
        </Button>
        <Button disabled={drafts.length >= MAX_TRADES} onClick={() => onChange([...drafts, emptyDraft()])}>
          <Plus aria-hidden="true" className="size-3.5" /> Another trade
        </Button>
      </div>
    </form>
  );
}

/** There is always a row to type in. */
function without(drafts: TradeDraft[], removed: TradeDraft): TradeDraft[] {
  const rest = drafts.filter(({ id }) => id !== removed.id);
  return rest.length > 0 ? rest : [emptyDraft()];
}

interface TradeRowProps {
  name: string;
  draft: TradeDraft;
  listId: string;
  problemOf: (field: "symbol" | "quantity" | "price") => string | null;
  onChange: (draft: TradeDraft) => void;
  onRemove: (() => void) | null;
}

function TradeRow({ name, draft, listId, problemOf, onChange, onRemove }: TradeRowProps) {
  const isAsked = !isEmpty(draft);
  return (
    <fieldset className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_2rem] items-start gap-x-3 gap-y-2 sm:grid-cols-[minmax(0,1fr)_9rem_9rem_2rem]">
      <legend className="sr-only">{name}</legend>
      <TextField
        label="Symbol"
        className="max-sm:col-span-2"
        list={listId}
        autoComplete="off"
        maxLength={40}
        required={isAsked}
        error={problemOf("symbol")}
        value={draft.symbol}
        onChange={(event) => onChange({ ...draft, symbol: event.target.value })}
      />
      <TextField
        label="Quantity"
        className="max-sm:row-start-2"
        type="number"
        step="any"
        required={isAsked}
        error={problemOf("quantity")}
        value={draft.quantity}
        onChange={(event) => onChange({ ...draft, quantity: event.target.value })}
      />
      <TextField
        label="Price, if another"
        className="max-sm:row-start-2"
        type="number"
        step="any"
        min={0}
        error={problemOf("price")}
        value={draft.price}
        onChange={(event) => onChange({ ...draft, price: event.target.value })}
      />
      <Button variant="ghost" icon className="mt-5 max-sm:col-start-3 max-sm:row-start-1" aria-label={`Remove ${name.toLowerCase()}`} disabled={onRemove === null} onClick={() => onRemove?.()}>
        <X aria-hidden="true" className="size-4" />
      </Button>
    </fieldset>
  );
}
