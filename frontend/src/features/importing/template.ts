/** A file in the product's own format, to fill in: two portfolios with cash, a long, a short and an option. */
const TEMPLATE = `portfolio,symbol,quantity,entry_date,entry_price
Core,CASH,25000,2022-01-03,1
Core,AAPL,40,2022-01-03,178.25
Core,MSFT,18,2022-03-01,294.75
Core,AAPL  230120C00150000,2,2022-06-01,12.4
Satellite,CASH,10000,2022-02-01,1
Satellite,XOM,120,2022-02-01,77.5
Satellite,KO,-50,2022-02-01,60.125
`;

export const TEMPLATE_NAME = "sigmasight-template.csv";
export const TEMPLATE_ADDRESS = `data:text/csv;charset=utf-8,${encodeURIComponent(TEMPLATE)}`;
