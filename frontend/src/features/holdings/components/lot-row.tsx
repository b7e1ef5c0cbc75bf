"use client";

import { Pencil, Trash2 } from "lucide-react";

import { Button } from "@/components/ui/button";
import { ConfirmButton } from "@/components/ui/confirm-button";
import { Cell, HeaderCell } from "@/components/ui/data-table";
import { day, money, quantity } from "@/lib/format";
import { useChangeLot, useDeleteLot, type Lot } from "../api/lots";

interface LotRowProps {
  lot: Lot;
  currency: string;
  onEdit: () => void;
  onClose: () => void;
}

export function LotRow({ lot, currency, onEdit, onClose }: LotRowProps) {
  const { symbol, entry_date: entered, exit_date: left } = lot;
  const name = `${symbol}, entered ${day(entered)}`;
  return (
    <tr className={left === null ? undefined : "text-quiet"}>
      <HeaderCell row className="sticky left-0 z-10 max-w-56 bg-surface font-normal text-text max-sm:max-w-28">
        <span className="text-sm font-medium whitespace-normal wrap-anywhere">{symbol}</span>
        {lot.quantity < 0 ? <span className="ml-1.5 rounded-sm bg-raised px-1 text-xs">short</span> : null}
        <span className="block truncate text-xs text-quiet">{terms(lot, currency)}</span>
      </HeaderCell>
      <Cell numeric className="max-sm:hidden">
        {quantity(lot.quantity)}
      </Cell>
      <Cell numeric>
        {/* A phone has room for one column of figures, and must not hide what can be done. */}
        <span className="sm:hidden">{quantity(lot.quantity)} at </span>
        <Deal price={lot.entry_price} on={entered} currency={currency} />
        {left === null ? null : <span className="block text-xs sm:hidden">closed {day(left)}</span>}
      </Cell>
      <Cell numeric className="max-sm:hidden">
        {left === null || lot.exit_price === null ? "open" : <Deal price={lot.exit_price} on={left} currency={currency} />}
      </Cell>
      <Cell>
        <div className="flex items-center justify-end gap-1">
          {left === null ? (
            <Button variant="ghost" className="h-7 px-2 text-xs" aria-label={`Close: ${name}`} onClick={onClose}>
              Close
            </Button>
          ) : (
            <Reopen lot={lot} name={name} />
          )}
          <Button variant="ghost" icon aria-label={`Edit: ${name}`} title="Edit" onClick={onEdit}>
            <Pencil aria-hidden="true" className="size-3.5" />
          </Button>
          <DeleteLot lot={lot} name={name} />
        </div>
      </Cell>
    </tr>
  );
}

function Deal({ price, on, currency }: { price: number; on: string; currency: string }) {
  return (
    <>
      {money(price, currency, { exact: true })}
      <span className="block text-xs text-quiet">{day(on)}</span>
    </>
  );
}

function Reopen({ lot, name }: { lot: Lot; name: string }) {
  const change = useChangeLot(lot);
  return (
    <Button
      variant="ghost"
      className="h-7 px-2 text-xs"
      aria-label={`Reopen: ${name}`}
      title="Take the exit back"
      disabled={change.isPending}
      onClick={() => change.mutate({ exit_date: null, exit_price: null })}
    >
      {change.isError ? "Failed, try again" : "Reopen"}
    </Button>
  );
}

function DeleteLot({ lot, name }: { lot: Lot; name: string }) {
  const remove = useDeleteLot(lot);
  return (
    <ConfirmButton icon label={`Delete: ${name}`} confirm="Delete, as if never held" isPending={remove.isPending} isError={remove.isError} onConfirm={() => remove.mutate()}>
      <Trash2 aria-hidden="true" className="size-3.5" />
    </ConfirmButton>
  );
}

function terms(lot: Lot, currency: string): string {
  switch (lot.position_class) {
    case "PUBLIC":
      return lot.notes;
    case "PRIVATE":
      return lot.name ?? "";
    case "OPTIONS":
      return [lot.underlying_symbol, lot.strike === null ? null : money(lot.strike, currency, { exact: true }), lot.option_type, lot.expiry ? day(lot.expiry) : null]
        .filter(Boolean)
        .join(" ");
  }
}
