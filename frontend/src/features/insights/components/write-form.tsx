"use client";

import { Sparkles } from "lucide-react";
import { useId, useState, type FormEvent } from "react";

import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import { INSIGHT_TYPES, type InsightType } from "../insight-types";
import type { Wish } from "../stream/write";

const MAX_QUESTION_CHARS = 500;

interface WriteFormProps {
  portfolioId: string;
  isWriting: boolean;
  onWrite: (wish: Wish) => void;
}

/** What is to be written: a type, and for a question of one's own the question. */
export function WriteForm({ portfolioId, isWriting, onWrite }: WriteFormProps) {
  const [type, setType] = useState<InsightType>("daily_summary");
  const [question, setQuestion] = useState("");
  const ids = { type: useId(), question: useId() };
  const isCustom = type === "custom";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const asked = isCustom ? { question: question.trim() } : {};
    onWrite({ portfolio_id: portfolioId, insight_type: type, ...asked });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-2">
      <label htmlFor={ids.type} className="sr-only">
        What to write
      </label>
      <div className="flex gap-2">
        <Select
          id={ids.type}
          value={type}
          disabled={isWriting}
          className="flex-1"
          onChange={(event) => setType(event.target.value as InsightType)}
        >
          {INSIGHT_TYPES.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
        <Button type="submit" variant="primary" disabled={isWriting || (isCustom && question.trim() === "")}>
          <Sparkles aria-hidden="true" className="size-4" />
          Write
        </Button>
      </div>
      {isCustom ? (
        <>
          <label htmlFor={ids.question} className="sr-only">
            Your question
          </label>
          <textarea
            id={ids.question}
            value={question}
            rows={2}
            required
            maxLength={MAX_QUESTION_CHARS}
            disabled={isWriting}
            placeholder="What should it answer about this portfolio?"
            onChange={(event) => setQuestion(event.target.value)}
            className="resize-y rounded-md border border-control bg-surface px-2 py-1.5 text-sm placeholder:text-quiet"
          />
        </>
      ) : null}
    </form>
  );
}
