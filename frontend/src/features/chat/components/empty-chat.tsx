import { Button } from "@/components/ui/button";

const ABOUT_ONE = [
  "How risky is my portfolio compared with the market?",
  "What moved my portfolio on the last trading day?",
  "How concentrated am I, and in which sectors?",
  "What was my worst drawdown, and how long did it take to recover?",
];

const ABOUT_ALL = [
  "Which portfolios do I have, and what are they worth?",
  "Which of my portfolios is the riskiest?",
  "What does value at risk tell me?",
];

interface EmptyChatProps {
  hasPortfolio: boolean;
  onAsk: (text: string) => void;
}

export function EmptyChat({ hasPortfolio, onAsk }: EmptyChatProps) {
  const questions = hasPortfolio ? ABOUT_ONE : ABOUT_ALL;
  return (
    <div className="mx-auto flex w-full max-w-3xl flex-1 flex-col justify-center gap-4 overflow-y-auto p-6">
      <div>
        <h3 className="font-semibold">Ask the analyst</h3>
        <p className="mt-1 text-sm text-quiet">
          It answers from the risk engine and shows every step. Its figures are the ones on the portfolio&rsquo;s page.
        </p>
      </div>
      <ul className="flex flex-col items-start gap-2">
        {questions.map((question) => (
          <li key={question} className="max-w-full">
            <Button onClick={() => onAsk(question)} className="h-auto max-w-full py-1.5 text-left font-normal whitespace-normal!">
              {question}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
