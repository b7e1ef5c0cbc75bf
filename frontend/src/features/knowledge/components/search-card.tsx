"use client";

import { useId, useState, type FormEvent } from "react";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Cell, DataTable, HeaderCell } from "@/components/ui/data-table";
import { Figure } from "@/components/ui/figure";
import { Markdown } from "@/components/ui/markdown";
import { QueryNotice } from "@/components/ui/query-notice";
import { LoadingBlock } from "@/components/ui/skeleton";
import { Tip } from "@/components/ui/tip";
import { decimal, quantity } from "@/lib/format";
import type { Schemas } from "@/lib/api/types";
import { useKnowledgeSearch, type Passage } from "../api/knowledge";

/** A question as the analyst would search for it, with how each half of the search ranks what it finds. */
export function SearchCard() {
  const id = useId();
  const [typed, setTyped] = useState("");
  const [question, setQuestion] = useState("");
  const { data, error, isFetching, refetch } = useKnowledgeSearch(question);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setQuestion(typed.trim());
  };
  return (
    <Card title="Try a search">
      <form onSubmit={submit} className="flex gap-2">
        <label htmlFor={id} className="sr-only">
          A question
        </label>
        <input
          id={id}
          value={typed}
          maxLength={1000}
          placeholder="How is value at risk computed?"
          onChange={(event) => setTyped(event.target.value)}
          className="h-8 min-w-0 flex-1 rounded-md border border-control bg-surface px-2 text-sm placeholder:text-quiet"
        />
        <Button type="submit" variant="primary" disabled={typed.trim() === ""}>
          Search
        </Button>
      </form>
      <div className="mt-3">
        {isFetching && !data ? <LoadingBlock label="Searching" className="h-40" /> : null}
        {error ? <QueryNotice what="The search" error={error} onRetry={() => void refetch()} /> : null}
        {data ? <Found result={data} /> : null}
      </div>
    </Card>
  );
}

function Found({ result }: { result: Schemas["SearchResult"] }) {
  const { passages, threshold, embedding_model: model } = result;
  if (passages.length === 0) return <p className="text-sm text-quiet">Neither half of the search finds anything on this.</p>;
  const used = passages.filter(({ is_used: isUsed }) => isUsed).length;
  return (
    <>
      <p className="mb-1 text-xs text-quiet">
        An answer would be given {used === 0 ? "none" : quantity(used)} of these {quantity(passages.length)}: a passage is used from a relevance of{" "}
        {decimal(threshold)} on. Vectors by {model}.
      </p>
      <DataTable label="Passages found" className="max-h-[30rem]">
        <thead>
          <tr>
            <HeaderCell numeric>Rank</HeaderCell>
            <HeaderCell>Passage</HeaderCell>
            <HeaderCell numeric>By meaning</HeaderCell>
            <HeaderCell numeric>By words</HeaderCell>
            <HeaderCell numeric>Relevance</HeaderCell>
            <HeaderCell>Used</HeaderCell>
          </tr>
        </thead>
        <tbody>
          {passages.map((passage) => (
            <PassageRow key={passage.chunk_id} passage={passage} />
          ))}
        </tbody>
      </DataTable>
    </>
  );
}

function PassageRow({ passage }: { passage: Passage }) {
  const { rank, title, section, content, vector_rank, similarity, text_rank, text_score, relevance, score } = passage;
  return (
    <tr className="align-top">
      <Cell numeric>
        <Tip text={`Fused from both ranks, score ${decimal(score, 4)}.`}>{quantity(rank)}</Tip>
      </Cell>
      <Cell className="min-w-56">
        <details>
          <summary className="rounded-sm">
            <span className="font-medium">{title}</span>
            {section && section !== title ? <span className="text-quiet"> · {section}</span> : null}
          </summary>
          <div className="mt-1 rounded-md bg-raised p-2">
            <Markdown text={content} dense />
          </div>
        </details>
      </Cell>
      <Cell numeric>
        <Figure value={vector_rank} format={quantity} reason="Not among the nearest by meaning." />
        <span className="block text-xs text-quiet">similarity {decimal(similarity)}</span>
      </Cell>
      <Cell numeric>
        <Figure value={text_rank} format={quantity} reason="None of the question's words." />
        {text_score === null ? null : <span className="block text-xs text-quiet">score {decimal(text_score, 3)}</span>}
      </Cell>
      <Cell numeric>{decimal(relevance)}</Cell>
      <Cell>{passage.is_used ? "Yes" : "No"}</Cell>
    </tr>
  );
}
