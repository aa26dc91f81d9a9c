create table orders (
    id bigint generated always as identity primary key,
    item varchar(200) not null,
    shipped boolean not null default false
);
