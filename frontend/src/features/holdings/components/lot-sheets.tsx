"use client";

import { useState } from "react";

import { Segmented } from "@/components/ui/segmented";
import { useChangeLot, useCloseLot, useCreateLot, type Lot, type LotClass } from "../api/lots";
import { changeOf, closeOf, lotOf } from "../form-values";
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
  const close = useCloseLot(lot);
  const isOption = lot.position_class === "OPTIONS";
  const verb = lot.quantity < 0 ? "bought back" : "sold";
  return (
    <EntrySheet title={`Close ${lot.symbol}`} onClose={onClose}>
      <p className="mb-3 text-sm text-quiet">What is {verb} stays in the history up to this day. The rest of the lot stays open.</p>
      <EntryForm
        submitLabel="Close the position"
        isPending={close.isPending}
        error={close.error}
        onCancel={onClose}
        onSubmit={(form) => close.mutate(closeOf(form), { onSuccess: onClose })}
      >
        <EntryField
          name="quantity"
          label={isOption ? "Contracts to close" : "Quantity to close"}
          type="number"
          min={0}
          required
          defaultValue={Math.abs(lot.quantity)}
          failure={close.error}
          hint={`Of ${Math.abs(lot.quantity)}.`}
        />
        <div className="grid grid-cols-2 gap-3">
          <EntryField name="exit_date" label="Closed on" type="date" required min={lot.entry_date} failure={close.error} />
          <EntryField name="exit_price" label={isOption ? "Price a share" : "Price a unit"} type="number" min={0} required failure={close.error} />
        </div>
      </EntryForm>
    </EntrySheet>
  );
}
