"use client";

import { useState } from "react";

import { Segmented } from "@/components/ui/segmented";
import { useChangeLot, useCreateLot, type Lot, type LotClass } from "../api/lots";
import { amount, changeOf, lotOf, text } from "../form-values";
import { EntryField, EntryForm, EntrySheet } from "@/components/ui/entry-form";
import { EntryFields, TermFields } from "./lot-fields";

const KINDS: readonly { value: LotClass; label: string }[] = [
  { value: "PUBLIC", label: "Public" },
  { value: "OPTIONS", label: "Option" },
  { value: "PRIVATE", label: "Private" },
];

export function AddLotSheet({ portfolioId, onClose }: { portfolioId: string; onClose: () => void }) {
  const [kind, setKind] = useState<LotClass>("PUBLIC");
  const create = useCreateLot(portfolioId);
  const choose = (next: LotClass) => {
    setKind(next);
    create.reset();
  };
  return (
    <EntrySheet title="Add a position" onClose={onClose}>
      <div className="mb-3">
        <Segmented label="Kind of position" options={KINDS} value={kind} onChange={choose} />
      </div>
      <EntryForm
        key={kind}
        submitLabel="Add"
        isPending={create.isPending}
        error={create.error}
        onCancel={onClose}
        onSubmit={(form) => create.mutate(lotOf(kind, form), { onSuccess: onClose })}
      >
        <TermFields kind={kind} failure={create.error} />
        <EntryFields kind={kind} lot={null} failure={create.error} />
      </EntryForm>
    </EntrySheet>
  );
}

interface LotSheetProps {
  lot: Lot;
  onClose: () => void;
}

export function EditLotSheet({ lot, onClose }: LotSheetProps) {
  const change = useChangeLot(lot);
  const kind = lot.position_class;
  return (
    <EntrySheet title={`Edit ${lot.symbol}`} onClose={onClose}>
      <EntryForm
        submitLabel="Save"
        isPending={change.isPending}
        error={change.error}
        onCancel={onClose}
        onSubmit={(form) => change.mutate(changeOf(kind, form), { onSuccess: onClose })}
      >
        <EntryFields kind={kind} lot={lot} failure={change.error} />
      </EntryForm>
    </EntrySheet>
  );
}

export function CloseLotSheet({ lot, onClose }: LotSheetProps) {
  const change = useChangeLot(lot);
  return (
    <EntrySheet title={`Close ${lot.symbol}`} onClose={onClose}>
      <p className="mb-3 text-sm text-quiet">The whole lot is {lot.quantity < 0 ? "bought back" : "sold"}. It stays in the history up to this day.</p>
      <EntryForm
        submitLabel="Close the position"
        isPending={change.isPending}
        error={change.error}
        onCancel={onClose}
        onSubmit={(form) => change.mutate({ exit_date: text(form, "exit_date"), exit_price: amount(form, "exit_price") }, { onSuccess: onClose })}
      >
        <div className="grid grid-cols-2 gap-3">
          <EntryField name="exit_date" label="Closed on" type="date" required min={lot.entry_date} failure={change.error} />
          <EntryField name="exit_price" label={lot.position_class === "OPTIONS" ? "Price a share" : "Price a unit"} type="number" min={0} required failure={change.error} />
        </div>
      </EntryForm>
    </EntrySheet>
  );
}
