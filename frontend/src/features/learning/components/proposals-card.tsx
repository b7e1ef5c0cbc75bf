"use client";

import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { QueryNotice } from "@/components/ui/query-notice";
import { Select } from "@/components/ui/select";
import { LoadingBlock } from "@/components/ui/skeleton";
import { useProposals, type Proposal } from "../api/proposals";
import { ProposalItem } from "./proposal-item";

type Status = Proposal["status"];

const STATUSES: readonly { value: Status; label: string }[] = [
  { value: "draft", label: "To judge" },
  { value: "approved", label: "Approved" },
  { value: "rejected", label: "Rejected" },
  { value: "reverted", label: "Taken back" },
];

export function ProposalsCard() {
  const [status, setStatus] = useState<Status | null>(null);
  const proposals = useProposals(status);
  const filter = (
    <Select aria-label="Show proposals" value={status ?? ""} className="text-xs" onChange={(event) => setStatus((event.target.value || null) as Status | null)}>
      <option value="">All</option>
      {STATUSES.map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </Select>
  );
  return (
    <Card title="Proposals" aside={filter}>
      {proposals.isPending ? <LoadingBlock label="Loading the proposals" className="h-32" /> : null}
      {proposals.error ? <QueryNotice what="The proposals" error={proposals.error} onRetry={() => void proposals.refetch()} /> : null}
      {proposals.data?.length === 0 ? (
        <p className="py-2 text-sm text-quiet">None{status ? " in this state" : " yet. Open a topic of a report to have drafted what would help it"}.</p>
      ) : null}
      <div className="divide-y divide-line">
        {proposals.data?.map((proposal) => (
          <ProposalItem key={proposal.id} proposal={proposal} statusLabel={STATUSES.find(({ value }) => value === proposal.status)?.label ?? proposal.status} />
        ))}
      </div>
      {proposals.hasNextPage ? <Button onClick={() => void proposals.fetchNextPage()}>Show older ones</Button> : null}
    </Card>
  );
}
