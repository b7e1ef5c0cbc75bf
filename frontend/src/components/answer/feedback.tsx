"use client";

import { ThumbsDown, ThumbsUp } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import type { Schemas } from "@/lib/api/types";
import { FeedbackForm } from "./feedback-form";

export type FeedbackIn = Schemas["FeedbackIn"];
export type FeedbackOut = Schemas["FeedbackOut"];

interface FeedbackProps {
  /** What is judged: "answer". */
  noun: string;
  feedback: FeedbackOut | null;
  /** The text that an edited one starts from. */
  text: string;
  onGive: (given: FeedbackIn) => Promise<unknown>;
  onWithdraw: () => Promise<unknown>;
}

/** Thumbs, and behind them what the person would have rather read. */
export function Feedback({ noun, feedback, text, onGive, onWithdraw }: FeedbackProps) {
  const [isOpen, setOpen] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const attempt = (change: Promise<unknown>) => {
    setFailure(null);
    change.catch((error: Error) => setFailure(error.message));
  };
  const rate = (rating: FeedbackIn["rating"]) => {
    if (feedback?.rating === rating) {
      setOpen(false);
      return attempt(onWithdraw());
    }
    setOpen(rating === "down");
    attempt(onGive({ rating }));
  };
  return (
    <>
      <Thumb rating="up" noun={noun} given={feedback?.rating} onRate={rate} />
      <Thumb rating="down" noun={noun} given={feedback?.rating} onRate={rate} />
      {feedback && !isOpen ? (
        <Button variant="ghost" onClick={() => setOpen(true)} className="h-7 px-2 text-xs">
          {hasDetails(feedback) ? "Change what you said" : "Say more"}
        </Button>
      ) : null}
      {failure ? (
        <span role="alert" className="text-loss">
          Not saved. {failure}
        </span>
      ) : null}
      {feedback && isOpen ? (
        <FeedbackForm key={feedback.rating} noun={noun} feedback={feedback} text={text} onGive={onGive} onClose={() => setOpen(false)} />
      ) : null}
    </>
  );
}

interface ThumbProps {
  rating: FeedbackIn["rating"];
  noun: string;
  given: FeedbackIn["rating"] | undefined;
  onRate: (rating: FeedbackIn["rating"]) => void;
}

function Thumb({ rating, noun, given, onRate }: ThumbProps) {
  const Icon = rating === "up" ? ThumbsUp : ThumbsDown;
  const label = rating === "up" ? `Good ${noun}` : `Bad ${noun}`;
  const isGiven = given === rating;
  return (
    <Button
      variant="ghost"
      icon
      aria-label={label}
      title={isGiven ? `${label}: take it back` : label}
      aria-pressed={isGiven}
      onClick={() => onRate(rating)}
      className="h-7 w-7! aria-pressed:text-accent"
    >
      <Icon aria-hidden="true" className={isGiven ? "size-3.5 fill-current" : "size-3.5"} />
    </Button>
  );
}

function hasDetails({ reason, comment, edited_text }: FeedbackOut): boolean {
  return reason !== null || comment !== null || edited_text !== null;
}
