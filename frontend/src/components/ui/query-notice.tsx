import { ApiError } from "@/lib/api/errors";
import { Notice } from "./notice";

interface QueryNoticeProps {
  /** What could not be loaded, as the start of a sentence: "The portfolio". */
  what: string;
  error: Error;
  onRetry: () => void;
}

export function QueryNotice({ what, error, onRetry }: QueryNoticeProps) {
  return (
    <Notice tone="error" onRetry={onRetry}>
      <p>
        {what} could not be loaded. {error.message}
      </p>
      {error instanceof ApiError && error.requestId ? (
        <p className="text-xs text-quiet">Request {error.requestId}</p>
      ) : null}
    </Notice>
  );
}
