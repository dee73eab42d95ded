-- Lists of webhooks in every order and with every filter, without sorting or reading all of a hundred thousand. The
-- columns change with what an owner changes only, never with a delivery.
create index webhook_by_update on webhook (updated_at desc, id desc) where deleted_at is null;
create index webhook_by_name on webhook (name collate "C", id) where deleted_at is null;
create index webhook_by_url on webhook (url collate "C", id) where deleted_at is null;
create index webhook_of_project on webhook (project_id, created_at desc, id desc) where deleted_at is null;
create index webhook_inactive on webhook (created_at desc, id desc) where deleted_at is null and not active;
