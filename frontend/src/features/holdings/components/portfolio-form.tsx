"use client";

import { Card } from "@/components/ui/card";
import type { Portfolio } from "@/lib/api/portfolios";
import { useChangePortfolio, useCreatePortfolio } from "../api/portfolio";
import { amount, optionalText, text } from "../form-values";
import { EntryField, EntryForm } from "@/components/ui/entry-form";

// The server values in this one only.
const CURRENCY = "USD";
const DEFAULT_BENCHMARK = "SP500";

interface PortfolioFieldsProps {
  portfolio: Portfolio | null;
  failure: Error | null;
}

function NameFields({ portfolio, failure }: PortfolioFieldsProps) {
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <EntryField name="name" label="Name" required maxLength={120} defaultValue={portfolio?.name} failure={failure} />
      <EntryField
        name="benchmark"
        label="Benchmark"
        required
        maxLength={20}
        defaultValue={portfolio?.benchmark ?? DEFAULT_BENCHMARK}
        failure={failure}
        hint="The symbol of an index or a fund with prices here."
      />
    </div>
  );
}

function OpeningFields({ portfolio, failure }: PortfolioFieldsProps) {
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <EntryField name="opening_cash" label={`Opening cash, ${CURRENCY}`} type="number" required defaultValue={portfolio?.opening_cash ?? 0} failure={failure} />
      <EntryField
        name="inception_date"
        label="Begins on"
        type="date"
        defaultValue={portfolio?.inception_date ?? undefined}
        failure={failure}
        hint="Empty: on the day of its first position or cash flow."
      />
    </div>
  );
}

export function NewPortfolioForm({ onCreated }: { onCreated: (portfolioId: string) => void }) {
  const create = useCreatePortfolio();
  const submit = (form: FormData) =>
    create.mutate(
      {
        name: text(form, "name"),
        base_currency: CURRENCY,
        benchmark: text(form, "benchmark"),
        opening_cash: amount(form, "opening_cash"),
        inception_date: optionalText(form, "inception_date"),
      },
      { onSuccess: ({ id }) => onCreated(id) },
    );
  return (
    <Card title="A portfolio to fill by hand">
      <EntryForm submitLabel="Create" isPending={create.isPending || create.isSuccess} error={create.error} onSubmit={submit}>
        <NameFields portfolio={null} failure={create.error} />
        <OpeningFields portfolio={null} failure={create.error} />
      </EntryForm>
    </Card>
  );
}

export function PortfolioSettingsCard({ portfolio }: { portfolio: Portfolio }) {
  const change = useChangePortfolio(portfolio.id);
  const submit = (form: FormData) =>
    change.mutate({
      name: text(form, "name"),
      benchmark: text(form, "benchmark"),
      opening_cash: amount(form, "opening_cash"),
      inception_date: optionalText(form, "inception_date"),
    });
  return (
    <Card title="Name, benchmark and beginning">
      <EntryForm submitLabel="Save" isPending={change.isPending} error={change.error} onSubmit={submit}>
        <NameFields portfolio={portfolio} failure={change.error} />
        <OpeningFields portfolio={portfolio} failure={change.error} />
        <p role="status" className="text-xs text-quiet empty:hidden">
          {change.isSuccess ? "Saved." : ""}
        </p>
      </EntryForm>
    </Card>
  );
}
