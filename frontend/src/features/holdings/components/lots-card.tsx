"use client";

import { Plus } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { DataTable, HeaderCell } from "@/components/ui/data-table";
import { QueryNotice } from "@/components/ui/query-notice";
import { LoadingBlock } from "@/components/ui/skeleton";
import type { Portfolio } from "@/lib/api/portfolios";
import { useLots, type Lot } from "../api/lots";
import { LotRow } from "./lot-row";
import { AddLotSheet, CloseLotSheet, EditLotSheet } from "./lot-sheets";

type Open = { what: "add" } | { what: "edit" | "close"; lot: Lot };

/** All lots, open and closed, to enter and to correct. */
export function LotsCard({ portfolio }: { portfolio: Portfolio }) {
  const lots = useLots(portfolio.id);
  const [open, setOpen] = useState<Open | null>(null);
  const shut = () => setOpen(null);
  const aside = (
    <Button className="text-text" onClick={() => setOpen({ what: "add" })}>
      <Plus aria-hidden="true" className="size-3.5" /> Add a position
    </Button>
  );
  return (
    <Card title="Positions" aside={aside}>
      {lots.isPending ? <LoadingBlock label="Loading the positions" className="h-48" /> : null}
      {lots.error ? <QueryNotice what="The positions" error={lots.error} onRetry={() => void lots.refetch()} /> : null}
      {lots.data ? <LotTable lots={lots.data} currency={portfolio.base_currency} onOpen={setOpen} /> : null}
      {lots.hasNextPage ? (
        <Button className="mt-2" disabled={lots.isFetchingNextPage} onClick={() => void lots.fetchNextPage()}>
          Show more
        </Button>
      ) : null}
      {open?.what === "add" ? <AddLotSheet portfolioId={portfolio.id} onClose={shut} /> : null}
      {open?.what === "edit" ? <EditLotSheet lot={open.lot} onClose={shut} /> : null}
      {open?.what === "close" ? <CloseLotSheet lot={open.lot} onClose={shut} /> : null}
    </Card>
  );
}

interface LotTableProps {
  lots: Lot[];
  currency: string;
  onOpen: (open: Open) => void;
}

function LotTable({ lots, currency, onOpen }: LotTableProps) {
  if (lots.length === 0) return <p className="py-6 text-center text-sm text-quiet">No positions yet.</p>;
  return (
    <DataTable label="Positions">
      <thead>
        <tr>
          <HeaderCell>Position</HeaderCell>
          <HeaderCell numeric className="max-sm:hidden">
            Quantity
          </HeaderCell>
          <HeaderCell numeric>Entry</HeaderCell>
          <HeaderCell numeric className="max-sm:hidden">
            Exit
          </HeaderCell>
          <HeaderCell>
            <span className="sr-only">Actions</span>
          </HeaderCell>
        </tr>
      </thead>
      <tbody>
        {lots.map((lot) => (
          <LotRow key={lot.id} lot={lot} currency={currency} onEdit={() => onOpen({ what: "edit", lot })} onClose={() => onOpen({ what: "close", lot })} />
        ))}
      </tbody>
    </DataTable>
  );
}
