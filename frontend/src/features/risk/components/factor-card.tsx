"use client";

import { useState } from "react";

import { InlineBar } from "@/components/charts/inline-bar";
import { Cell, DataTable, HeaderCell } from "@/components/ui/data-table";
import { Figure } from "@/components/ui/figure";
import { Segmented } from "@/components/ui/segmented";
import { Tip } from "@/components/ui/tip";
import { benchmarkName } from "@/lib/benchmark-name";
import { decimal, percent } from "@/lib/format";
import { useFactorExposures, type Estimator, type FactorExposure, type FactorExposures } from "../api/risk";
import { factorName } from "../factor-names";
import { Fact, FactGrid } from "./fact-grid";
import { MeasureCard, reasonsOf } from "./measure-card";

const ESTIMATORS = [
  { value: "ols", label: "OLS" },
  { value: "ridge", label: "Ridge" },
] as const;

// What is usually asked of a t-statistic before an exposure is called one.
const NOTABLE_T = 2;

export function FactorCard({ portfolioId }: { portfolioId: string }) {
  const [estimator, setEstimator] = useState<Estimator>("ols");
  const control = <Segmented label="Regression" options={ESTIMATORS} value={estimator} onChange={setEstimator} />;
  return (
    <MeasureCard title="Factor exposures" query={useFactorExposures(portfolioId, estimator)} control={control}>
      {(data) => (
        <>
          <Summary exposures={data} />
          <FactorTable exposures={data} />
        </>
      )}
    </MeasureCard>
  );
}

function Summary({ exposures }: { exposures: FactorExposures }) {
  const why = reasonsOf(exposures);
  return (
    <FactGrid>
      <Fact label="R²" hint="The share of daily variance that the factors explain together.">
        <Figure value={exposures.r_squared} format={wholeDecimals} reason={why("r_squared")} />
      </Fact>
      <Fact label="Systematic risk" hint="Annualised volatility that the factors explain.">
        <Figure value={exposures.systematic_volatility} format={onePercent} reason={why("systematic_volatility")} />
      </Fact>
      <Fact label="Specific risk" hint="Annualised volatility that is the holdings' own.">
        <Figure value={exposures.specific_volatility} format={onePercent} reason={why("specific_volatility")} />
      </Fact>
    </FactGrid>
  );
}

function FactorTable({ exposures: { factors, benchmark } }: { exposures: FactorExposures }) {
  if (factors.length === 0) return <p className="py-4 text-sm text-quiet">No factor has enough prices for a regression.</p>;
  const widest = Math.max(...factors.map(({ beta }) => Math.abs(beta)));
  return (
    <DataTable label="Factor exposures">
      <thead>
        <tr>
          <HeaderCell>Factor</HeaderCell>
          <HeaderCell aria-hidden="true" />
          <HeaderCell numeric>Beta</HeaderCell>
          <HeaderCell numeric>
            <Tip text="Beta over its standard error. Below 2 in size it cannot be told from none.">t</Tip>
          </HeaderCell>
          <HeaderCell numeric>
            <Tip text="Variance inflation: how much the other factors blur this one. Above 5 it is hard to tell apart.">VIF</Tip>
          </HeaderCell>
          <HeaderCell numeric>
            <Tip text="Part of the annualised volatility. These and the specific part sum to the whole.">Vol.</Tip>
          </HeaderCell>
        </tr>
      </thead>
      <tbody>
        {factors.map((factor) => (
          <FactorRow key={factor.factor} exposure={factor} widest={widest} benchmark={benchmark} />
        ))}
      </tbody>
    </DataTable>
  );
}

function FactorRow({ exposure, widest, benchmark }: { exposure: FactorExposure; widest: number; benchmark: string }) {
  const { factor, proxy, beta, standard_error: error, t_statistic: t, variance_inflation: vif, volatility_contribution: contribution } = exposure;
  const isNotable = t === null || Math.abs(t) >= NOTABLE_T;
  return (
    <tr className={isNotable ? undefined : "text-quiet"}>
      <HeaderCell row className="font-normal">
        <span className="text-sm text-text">{factorName(factor)}</span>
        <span className="block">{proxy === benchmark ? benchmarkName(proxy) : proxy}</span>
      </HeaderCell>
      <Cell aria-hidden="true" className="w-1/4">
        <InlineBar value={beta} widest={widest} centred />
      </Cell>
      <Cell numeric>
        {decimal(beta)}
        <span className="block text-xs text-quiet">± {decimal(error)}</span>
      </Cell>
      <Cell numeric>
        <Figure value={t} format={oneDecimal} reason="A ridge regression has no t-statistic." />
      </Cell>
      <Cell numeric>{decimal(vif, 1)}</Cell>
      <Cell numeric>{percent(contribution, { digits: 1 })}</Cell>
    </tr>
  );
}

const wholeDecimals = (value: number) => decimal(value, 2);
const oneDecimal = (value: number) => decimal(value, 1);
const onePercent = (value: number) => percent(value, { digits: 1 });
