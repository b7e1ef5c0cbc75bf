"use client";

import { Plus, Sparkles } from "lucide-react";
import { useState } from "react";

import { useDocument } from "@/components/answer/use-document";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { ProgressBar } from "@/components/ui/progress-bar";
import { plural } from "@/lib/format";
import type { Schemas } from "@/lib/api/types";
import { useHasProvider, useSaveQuestions, useSuggestions } from "../api/questions";
import { QuestionRow, type Draft } from "./question-row";

// The server's limit.
const MAX_QUESTIONS = 500;
// In one go: each is a call of a model.
const MAX_SECTIONS = 40;

/** The questions under which a document is found beside its own words: to write, to have suggested, to take or to drop. */
export function QuestionsPanel({ id }: { id: string }) {
  const { data } = useDocument(id);
  return data ? <Questions key={JSON.stringify(data.questions)} document={data} /> : null;
}

function Questions({ document }: { document: Schemas["DocumentWhole"] }) {
  const [drafts, setDrafts] = useState<Draft[]>(() => document.questions.map(asDraft));
  const save = useSaveQuestions(document.id);
  const suggestions = useSuggestions(document.id, (drafted) => setDrafts((known) => [...known, ...drafted.map(asDraft)]));
  const taken = drafts.filter(({ isTaken, text }) => isTaken && text.trim() !== "");
  const isBusy = suggestions.progress !== null || save.isPending;
  const change = (place: number, to: Partial<Draft>) =>
    setDrafts((known) => known.map((draft, other) => (other === place ? { ...draft, ...to } : draft)));
  return (
    <section aria-label="Questions that it answers" className="border-b border-line px-4 py-3">
      <h3 className="text-sm font-medium">Questions that it answers</h3>
      <p className="mt-0.5 text-xs text-quiet">Searches find the document under these as well as by its own words.</p>
      {drafts.length > 0 ? (
        <ul className="mt-2 flex max-h-80 flex-col gap-1.5 overflow-y-auto">
          {drafts.map((draft, place) => (
            <QuestionRow key={draft.key} draft={draft} onChange={(to) => change(place, to)} />
          ))}
        </ul>
      ) : null}
      {suggestions.progress ? (
        <div className="mt-2">
          <ProgressBar
            label={`Reading section ${suggestions.progress.done + 1} of ${suggestions.progress.of}`}
            value={suggestions.progress.done / suggestions.progress.of}
          />
        </div>
      ) : null}
      {suggestions.error ? <Notice tone="error" className="mt-2">{suggestions.error.message}</Notice> : null}
      {save.error ? <Notice tone="error" className="mt-2">Not saved. {save.error.message}</Notice> : null}
      {taken.length > MAX_QUESTIONS ? <Notice tone="warning" className="mt-2">A document takes {MAX_QUESTIONS} questions at most: drop some.</Notice> : null}
      <div className="mt-2 flex flex-wrap gap-2">
        {suggestions.progress ? (
          <Button onClick={suggestions.stop}>Stop</Button>
        ) : (
          <SuggestButton isDisabled={isBusy} onClick={() => void suggestions.begin(unasked(document, drafts))} />
        )}
        <Button onClick={() => setDrafts((known) => [...known, asDraft({ text: "", section: null })])}>
          <Plus aria-hidden="true" className="size-3.5" /> Write one
        </Button>
        {drafts.length > 0 || document.questions.length > 0 ? (
          <Button variant="primary" disabled={isBusy || taken.length > MAX_QUESTIONS} onClick={() => save.mutate(taken.map(asQuestion))}>
            {save.isPending ? "Saving…" : `Save ${plural(taken.length, "question")}`}
          </Button>
        ) : null}
      </div>
    </section>
  );
}

function SuggestButton({ isDisabled, onClick }: { isDisabled: boolean; onClick: () => void }) {
  const { data: hasProvider } = useHasProvider();
  return (
    <>
      <Button disabled={isDisabled || !hasProvider} onClick={onClick}>
        <Sparkles aria-hidden="true" className="size-3.5" /> Suggest questions
      </Button>
      {hasProvider === false ? (
        <p className="order-last basis-full text-xs text-quiet">
          Suggesting questions needs an AI provider, and none is configured here. You can write them yourself.
        </p>
      ) : null}
    </>
  );
}

/** Sections without a question, in their order. */
function unasked({ chunks }: Schemas["DocumentWhole"], drafts: Draft[]): string[] {
  const asked = new Set(drafts.map(({ section }) => section ?? ""));
  const sections = [...new Set(chunks.map(({ section }) => section))];
  const left = sections.filter((section) => !asked.has(section));
  return (left.length > 0 ? left : sections).slice(0, MAX_SECTIONS);
}

let count = 0;

function asDraft({ text, section = null }: { text: string; section?: string | null }): Draft {
  count += 1;
  return { key: count, text, section, isTaken: true };
}

function asQuestion({ text, section }: Draft) {
  return { text: text.trim(), section };
}
