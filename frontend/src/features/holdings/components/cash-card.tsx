"use client";

import { Trash2 } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmButton } from "@/components/ui/confirm-button";
import { QueryNotice } from "@/components/ui/query-notice";
import { LoadingBlock } from "@/components/ui/skeleton";
import type { Portfolio } from "@/lib/api/portfolios";
import { day, money } from "@/lib/format";
import { useCashFlows, useCreateCashFlow, useDeleteCashFlow, type CashFlow } from "../api/cash-flows";
import { amount, text } from "../form-values";
import { EntryField, EntryForm } from "@/components/ui/entry-form";

/** Money that came into a portfolio from outside, or left it. */
export function CashCard({ portfolio }: { portfolio: Portfolio }) {
  const flows = useCashFlows(portfolio.id);
  const { base_currency: currency, opening_cash: opening, inception_date: inception } = portfolio;
  return (
    <Card title="Contributions and withdrawals">
      <p className="mb-2 text-sm text-quiet">
        It began with <span className="tabular text-text">{money(opening, currency)}</span> of cash{inception ? ` on ${day(inception)}` : ""}. What positions cost and bring is counted by
        itself.
      </p>
      <NewCashFlow portfolioId={portfolio.id} />
      {flows.isPending ? <LoadingBlock label="Loading the cash flows" className="mt-3 h-16" /> : null}
      {flows.error ? <QueryNotice what="The cash flows" error={flows.error} onRetry={() => void flows.refetch()} /> : null}
      <ul className="mt-3 divide-y divide-line">{flows.data?.map((flow) => <CashFlowItem key={flow.id} flow={flow} currency={currency} />)}</ul>
      {flows.hasNextPage ? (
        <Button className="mt-2" disabled={flows.isFetchingNextPage} onClick={() => void flows.fetchNextPage()}>
          Show more
        </Button>
      ) : null}
    </Card>
  );
}

function NewCashFlow({ portfolioId }: { portfolioId: string }) {
  const create = useCreateCashFlow(portfolioId);
  // A form that was kept makes room for an empty one.
  const [kept, setKept] = useState(0);
  const submit = (form: FormData) =>
    create.mutate({ date: text(form, "date"), amount: amount(form, "amount"), note: text(form, "note") }, { onSuccess: () => setKept((count) => count + 1) });
  return (
    <EntryForm key={kept} submitLabel="Add" isPending={create.isPending} error={create.error} onSubmit={submit}>
      <div className="grid gap-3 sm:grid-cols-[10rem_10rem_minmax(0,1fr)]">
        <EntryField name="date" label="Day" type="date" required failure={create.error} />
        <EntryField name="amount" label="Amount" type="number" required failure={create.error} hint="Below zero for a withdrawal." />
        <EntryField name="note" label="Note" maxLength={500} failure={create.error} />
      </div>
    </EntryForm>
  );
}

function CashFlowItem({ flow, currency }: { flow: CashFlow; currency: string }) {
  const remove = useDeleteCashFlow(flow);
  const words = `${money(flow.amount, currency, { signed: true })} on ${day(flow.date)}`;
  return (
    <li className="flex items-center justify-between gap-3 py-1.5 text-sm">
      <span className="min-w-0">
        <span className="tabular font-medium">{money(flow.amount, currency, { signed: true })}</span> <span className="text-quiet">{day(flow.date)}</span>
        {flow.note ? <span className="block text-xs wrap-anywhere text-quiet">{flow.note}</span> : null}
      </span>
      <ConfirmButton icon label={`Delete: ${words}`} confirm="Delete" isPending={remove.isPending} isError={remove.isError} onConfirm={() => remove.mutate()}>
        <Trash2 aria-hidden="true" className="size-3.5" />
      </ConfirmButton>
    </li>
  );
}
