"use client";

import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { TextField } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import type { Portfolio } from "@/lib/api/portfolios";
import { useDeletePortfolio } from "../api/portfolio";

interface DeletePortfolioCardProps {
  portfolio: Portfolio;
  onDeleted: () => void;
}

export function DeletePortfolioCard({ portfolio, onDeleted }: DeletePortfolioCardProps) {
  const [typed, setTyped] = useState("");
  const remove = useDeletePortfolio(portfolio.id);
  return (
    <Card title="Delete this portfolio">
      <p className="mb-3 text-sm text-quiet">
        Its positions, its contributions and withdrawals, and its whole history go with it. This cannot be taken back here. Conversations about it stay.
      </p>
      <form
        className="flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed === portfolio.name && !remove.isPending) remove.mutate(undefined, { onSuccess: onDeleted });
        }}
      >
        <TextField label={`To confirm, type its name: ${portfolio.name}`} className="w-80 max-w-full" autoComplete="off" value={typed} onChange={(event) => setTyped(event.target.value)} />
        <Button type="submit" disabled={typed !== portfolio.name || remove.isPending || remove.isSuccess} className="text-loss">
          {remove.isPending ? "Deleting…" : "Delete for good"}
        </Button>
      </form>
      {remove.error ? (
        <Notice tone="error" className="mt-3">
          Not deleted. {remove.error.message}
        </Notice>
      ) : null}
    </Card>
  );
}
