"use client";

import { useId } from "react";

import { Select } from "@/components/ui/select";
import { usePortfolios } from "@/lib/api/portfolios";

interface PortfolioPickerProps {
  value: string | null;
  onChange: (portfolioId: string) => void;
}

export function PortfolioPicker({ value, onChange }: PortfolioPickerProps) {
  const id = useId();
  const { data = [] } = usePortfolios();
  return (
    <div className="flex min-w-0 items-center gap-2">
      <label htmlFor={id} className="text-xs text-quiet">
        Portfolio
      </label>
      <Select id={id} value={value ?? ""} onChange={(event) => onChange(event.target.value)} disabled={data.length === 0}>
        {data.map((portfolio) => (
          <option key={portfolio.id} value={portfolio.id}>
            {portfolio.name}
          </option>
        ))}
      </Select>
    </div>
  );
}
