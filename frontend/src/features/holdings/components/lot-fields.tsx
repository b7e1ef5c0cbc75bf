import { SelectField, TextAreaField } from "@/components/ui/field";
import { fieldsOf } from "@/lib/api/errors";
import type { Lot, LotClass } from "../api/lots";
import { asPercent } from "../form-values";
import { EntryField } from "@/components/ui/entry-form";

interface FieldsProps {
  failure: Error | null;
}

/** What only this class of lot states when it is entered. */
export function TermFields({ kind, failure }: FieldsProps & { kind: LotClass }) {
  switch (kind) {
    case "PUBLIC":
      return <EntryField name="symbol" label="Symbol" required maxLength={40} failure={failure} hint="As its market writes it, such as AAPL or BRK-B." />;
    case "OPTIONS":
      return <OptionFields failure={failure} />;
    case "PRIVATE":
      return (
        <>
          <EntryField name="symbol" label="Label" required maxLength={40} failure={failure} hint="Short and your own, such as FUND-II. Not the symbol of anything with prices." />
          <EntryField name="name" label="Name" required maxLength={120} failure={failure} />
        </>
      );
  }
}

function OptionFields({ failure }: FieldsProps) {
  return (
    <>
      <div className="grid grid-cols-2 gap-3">
        <EntryField name="underlying_symbol" label="Underlying" required maxLength={40} failure={failure} />
        <SelectField name="option_type" label="Type" error={fieldsOf(failure).option_type}>
          <option value="call">Call</option>
          <option value="put">Put</option>
        </SelectField>
        <EntryField name="strike" label="Strike" type="number" min={0} required failure={failure} />
        <EntryField name="expiry" label="Expiry" type="date" required failure={failure} />
      </div>
      <EntryField name="multiplier" label="Shares a contract" type="number" min={1} defaultValue={100} required failure={failure} />
    </>
  );
}

interface EntryFieldsProps extends FieldsProps {
  kind: LotClass;
  /** The lot to change; null for one to enter. */
  lot: Lot | null;
}

/** Quantity, entry and what may be stated later too. */
export function EntryFields({ kind, lot, failure }: EntryFieldsProps) {
  const isOption = kind === "OPTIONS";
  return (
    <>
      <EntryField
        name="quantity"
        label={isOption ? "Contracts" : "Quantity"}
        type="number"
        required
        defaultValue={lot?.quantity}
        failure={failure}
        hint="Below zero for a short."
      />
      <div className="grid grid-cols-2 gap-3">
        <EntryField name="entry_date" label="Entered on" type="date" required defaultValue={lot?.entry_date} failure={failure} />
        <EntryField name="entry_price" label={isOption ? "Price a share" : "Price a unit"} type="number" min={0} required defaultValue={lot?.entry_price} failure={failure} />
      </div>
      {isOption ? (
        <EntryField
          name="volatility"
          label="Volatility, % a year"
          type="number"
          min={0}
          defaultValue={asPercent(lot?.volatility ?? null)}
          failure={failure}
          hint="May be left empty: then the one that its price implies, or the underlying’s own."
        />
      ) : null}
      {kind === "PRIVATE" ? <StatementFields lot={lot} failure={failure} /> : null}
      <TextAreaField name="notes" label="Notes" rows={2} maxLength={2000} defaultValue={lot?.notes} error={fieldsOf(failure).notes} />
    </>
  );
}

function StatementFields({ lot, failure }: FieldsProps & { lot: Lot | null }) {
  const isNew = lot === null;
  return (
    <div className="grid grid-cols-2 gap-3">
      <EntryField
        name="stated_value"
        label="Stated value a unit"
        type="number"
        min={0}
        required={!isNew}
        defaultValue={lot?.stated_value ?? undefined}
        failure={failure}
        hint={isNew ? "Empty: the entry price." : undefined}
      />
      <EntryField
        name="stated_on"
        label="Stated on"
        type="date"
        required={!isNew}
        defaultValue={lot?.stated_on ?? undefined}
        failure={failure}
        hint={isNew ? "Empty: the day of entry." : undefined}
      />
    </div>
  );
}
