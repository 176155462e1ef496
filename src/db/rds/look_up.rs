//! Queries RDS for everything a restore needs, before the restore is requested.

use std::collections::BTreeSet;

use aws_sdk_rds::types::{DbSubnetGroup, Filter, OrderableDbInstanceOption};

use super::client::{Client, explain};
use super::managed::{Kind, Managed};
use super::preflight::{Answer, Answers, Family, Offer, Wanted, judge, outline};
use super::settings::InstanceSettings;
use super::{Cluster, Instance};
use crate::db::preflight::Preflight;
use crate::error::{ErrorKind, Result};
use crate::limits;
use crate::model::Instant;

impl Instance {
    pub(in crate::db) async fn preflight(&self, at: Instant) -> Result<Preflight> {
        let (source, settings) = (self.captured().await?, self.wanted().await?);
        let wanted = Wanted {
            instances: vec![(self.target().to_owned(), settings.db_instance_class.clone())],
            storage: settings.allocated_storage.or(source.facts.allocated_storage),
            parameter_groups: of_instances(std::slice::from_ref(&settings)),
            multi_az: settings.multi_az == Some(true),
            zone: settings.availability_zone,
            storage_type: settings.storage_type,
            subnet_group: settings.db_subnet_group_name,
            option_group: settings.option_group_name,
            security_groups: settings.vpc_security_group_ids.unwrap_or_default().0,
            ..Wanted::of_source(&source.facts, at)
        };
        self.look_up(source.facts.arn.as_deref(), wanted).await
    }
}

impl Cluster {
    pub(in crate::db) async fn preflight(&self, at: Instant) -> Result<Preflight> {
        let (source, settings) = (self.captured().await?, self.wanted().await?);
        let (members, engine) = (self.members().await?, self.engine().await?);
        let (class, named) = (settings.db_cluster_instance_class, self.settings.members_named(at));
        let made = engine.own_instances(self.target()).into_iter().map(|name| (name, class.clone()));
        let own = settings.db_cluster_parameter_group_name.map(|name| (Family::Cluster, name));
        let name = |(n, member): (usize, &InstanceSettings)| {
            (format!("{named}-{}", n + 1), member.db_instance_class.clone())
        };
        let wanted = Wanted {
            instances: members.iter().enumerate().map(name).chain(made).collect(),
            parameter_groups: own.into_iter().chain(of_instances(&members)).collect(),
            is_cluster: true,
            storage_type: settings.storage_type.filter(|_| engine.makes_its_instances()),
            storage: source.facts.allocated_storage.filter(|_| engine.makes_its_instances()),
            subnet_group: settings.db_subnet_group_name,
            security_groups: settings.vpc_security_group_ids.unwrap_or_default().0,
            ..Wanted::of_source(&source.facts, at)
        };
        self.look_up(source.facts.arn.as_deref(), wanted).await
    }
}

impl<T: Kind> Managed<T> {
    async fn look_up(&self, arn: Option<&str>, wanted: Wanted) -> Result<Preflight> {
        let asking = Asking { client: &self.client, wanted: &wanted };
        let (subnet_group, families, option_group, classes, quotas, blue_green) = futures::try_join!(
            asking.subnet_group(),
            asking.families(),
            asking.option_group(),
            asking.classes(),
            asking.quotas(),
            asking.blue_green(arn),
        )?;
        let answers = Answers { subnet_group, families, option_group, classes, quotas, blue_green };
        let outline = outline(self.name(), self.target(), &wanted);
        let found = Preflight { outline, findings: judge(&wanted, &answers) };
        Ok(self.settings.look_for_password(found))
    }
}

/// Returns the parameter groups, each once.
fn of_instances(instances: &[InstanceSettings]) -> Vec<(Family, String)> {
    let names: BTreeSet<_> = instances.iter().filter_map(|one| one.db_parameter_group_name.clone()).collect();
    names.into_iter().map(|name| (Family::Instance, name)).collect()
}

/// The queries. Each is sent once; a query without an answer is reported as unknown.
struct Asking<'a> {
    client: &'a Client,
    wanted: &'a Wanted,
}

/// Converts an error into an answer, except an interruption.
fn answer<T>(permission: &'static str, asked: Result<T>) -> Result<Answer<T>> {
    match asked {
        Ok(told) => Ok(Answer::Told(told)),
        Err(e) if e.kind() == ErrorKind::Interrupted => Err(e),
        Err(e) if e.code().is_some_and(|code| code.contains("NotFound")) => Ok(Answer::Missing),
        Err(e) => Ok(Answer::Unknown(permission, e.to_string())),
    }
}

impl<T> Answer<Option<T>> {
    /// Treats an empty answer as a missing resource.
    fn or_missing(self) -> Answer<T> {
        match self {
            Answer::Told(Some(told)) => Answer::Told(told),
            Answer::Told(None) | Answer::Missing => Answer::Missing,
            Answer::Unknown(permission, why) => Answer::Unknown(permission, why),
        }
    }
}

impl Asking<'_> {
    async fn subnet_group(&self) -> Result<Option<Answer<BTreeSet<String>>>> {
        // RDS creates the group `default` itself.
        let named = self.wanted.subnet_group.as_ref().filter(|name| *name != "default");
        let Some(name) = named else { return Ok(None) };
        let asked = self.client.ask(async |sdk| {
            let request = sdk.describe_db_subnet_groups().db_subnet_group_name(name);
            let doing = format!("describe the subnet group {name}");
            request.send().await.map_err(|e| explain(&doing, &e))
        });
        let asked = asked.await.map(|described| {
            let subnets = described.db_subnet_groups().iter().flat_map(DbSubnetGroup::subnets);
            let zones = subnets.filter_map(|subnet| subnet.subnet_availability_zone()?.name());
            zones.map(ToOwned::to_owned).collect()
        });
        answer("rds:DescribeDBSubnetGroups", asked).map(Some)
    }

    async fn families(&self) -> Result<Vec<Answer<String>>> {
        let mut families = Vec::new();
        for (kind, name) in &self.wanted.parameter_groups {
            families.push(self.family(*kind, name).await?);
        }
        Ok(families)
    }

    async fn family(&self, kind: Family, name: &str) -> Result<Answer<String>> {
        let doing = format!("describe the parameter group {name}");
        let asked = self.client.ask(async |sdk| {
            let family = match kind {
                Family::Instance => {
                    let request = sdk.describe_db_parameter_groups().db_parameter_group_name(name);
                    let described = request.send().await.map_err(|e| explain(&doing, &e))?;
                    let group = described.db_parameter_groups().first();
                    group.and_then(|group| group.db_parameter_group_family().map(ToOwned::to_owned))
                }
                Family::Cluster => {
                    let request = sdk.describe_db_cluster_parameter_groups();
                    let request = request.db_cluster_parameter_group_name(name);
                    let described = request.send().await.map_err(|e| explain(&doing, &e))?;
                    let group = described.db_cluster_parameter_groups().first();
                    group.and_then(|group| group.db_parameter_group_family().map(ToOwned::to_owned))
                }
            };
            Ok(family)
        });
        let permission = match kind {
            Family::Instance => "rds:DescribeDBParameterGroups",
            Family::Cluster => "rds:DescribeDBClusterParameterGroups",
        };
        Ok(answer(permission, asked.await)?.or_missing())
    }

    async fn option_group(&self) -> Result<Option<Answer<(String, String)>>> {
        let Some(name) = &self.wanted.option_group else { return Ok(None) };
        let asked = self.client.ask(async |sdk| {
            let request = sdk.describe_option_groups().option_group_name(name);
            let doing = format!("describe the option group {name}");
            request.send().await.map_err(|e| explain(&doing, &e))
        });
        let asked = asked.await.map(|described| {
            let group = described.option_groups_list().first();
            group.and_then(|group| {
                Some((group.engine_name()?.to_owned(), group.major_engine_version()?.to_owned()))
            })
        });
        Ok(Some(answer("rds:DescribeOptionGroups", asked)?.or_missing()))
    }

    async fn classes(&self) -> Result<Vec<(String, Answer<Offer>)>> {
        let classes: BTreeSet<_> =
            self.wanted.instances.iter().filter_map(|(_, class)| class.clone()).collect();
        let Some(engine) = &self.wanted.engine else { return Ok(Vec::new()) };
        let mut answers = Vec::new();
        for class in classes {
            let answer = self.offer(engine, &class).await?;
            answers.push((class, answer));
        }
        Ok(answers)
    }

    /// Looks up the class for the source's version, then for any version. A server that offers no class for the engine
    /// at all does not support this query.
    async fn offer(&self, engine: &str, class: &str) -> Result<Answer<Offer>> {
        const PERMISSION: &str = "rds:DescribeOrderableDBInstanceOptions";
        let version = self.wanted.version.as_deref();
        for version in version.map(Some).into_iter().chain([None]) {
            match answer(PERMISSION, self.options(engine, version, Some(class)).await)? {
                Answer::Told(options) if options.is_empty() => {}
                Answer::Told(options) => return Ok(Answer::Told(offer_of(&options, version.is_some()))),
                Answer::Missing => return Ok(Answer::Missing),
                Answer::Unknown(permission, why) => return Ok(Answer::Unknown(permission, why)),
            }
        }
        Ok(match answer(PERMISSION, self.options(engine, None, None).await)? {
            Answer::Told(options) if options.is_empty() => {
                Answer::Unknown(PERMISSION, format!("RDS lists no classes for {engine}"))
            }
            Answer::Unknown(permission, why) => Answer::Unknown(permission, why),
            Answer::Told(_) | Answer::Missing => Answer::Missing,
        })
    }

    async fn options(
        &self,
        engine: &str,
        version: Option<&str>,
        class: Option<&str>,
    ) -> Result<Vec<OrderableDbInstanceOption>> {
        let mut options = Vec::new();
        let mut marker: Option<String> = None;
        for _ in 0..limits::DATABASE_PAGES {
            let page = self.client.ask(async |sdk| {
                let request = sdk.describe_orderable_db_instance_options().engine(engine);
                let request = request.set_engine_version(version.map(ToOwned::to_owned));
                let request = request.set_db_instance_class(class.map(ToOwned::to_owned));
                let request = request.set_marker(marker.clone());
                request.send().await.map_err(|e| explain("list the orderable classes", &e))
            });
            let page = page.await?;
            marker = page.marker().filter(|marker| !marker.is_empty()).map(ToOwned::to_owned);
            options.extend(page.orderable_db_instance_options().iter().cloned());
            // The first page tells whether there are any.
            if marker.is_none() || class.is_none() {
                break;
            }
        }
        Ok(options)
    }

    async fn quotas(&self) -> Result<Answer<Vec<(String, i64, i64)>>> {
        let asked = self.client.ask(async |sdk| {
            let request = sdk.describe_account_attributes().send().await;
            request.map_err(|e| explain("read the quotas", &e))
        });
        let asked = asked.await.map(|described| {
            let quota = |quota: &aws_sdk_rds::types::AccountQuota| {
                Some((quota.account_quota_name()?.to_owned(), quota.used()?, quota.max()?))
            };
            described.account_quotas().iter().filter_map(quota).collect()
        });
        answer("rds:DescribeAccountAttributes", asked)
    }

    async fn blue_green(&self, arn: Option<&str>) -> Result<Answer<Vec<(String, String)>>> {
        let Some(arn) = arn else { return Ok(Answer::Missing) };
        let asked = self.client.ask(async |sdk| {
            let filter = Filter::builder().name("source").values(arn).build();
            let request = sdk.describe_blue_green_deployments().filters(filter).send().await;
            request.map_err(|e| explain("describe the blue/green deployments", &e))
        });
        let asked = asked.await.map(|described| {
            let deployments = described.blue_green_deployments().iter();
            // Some servers ignore the filter.
            let involved = deployments.filter(|one| [one.source(), one.target()].contains(&Some(arn)));
            let told = |text: Option<&str>| text.unwrap_or("unknown").to_owned();
            involved.map(|one| (told(one.blue_green_deployment_name()), told(one.status()))).collect()
        });
        answer("rds:DescribeBlueGreenDeployments", asked)
    }
}

fn offer_of(options: &[OrderableDbInstanceOption], of_version: bool) -> Offer {
    let zones = options.iter().flat_map(OrderableDbInstanceOption::availability_zones);
    Offer {
        of_version,
        zones: zones.filter_map(|zone| zone.name().map(ToOwned::to_owned)).collect(),
        multi_az: options.iter().any(|option| option.multi_az_capable() != Some(false)),
        storage_types: options
            .iter()
            .filter_map(|option| option.storage_type().map(ToOwned::to_owned))
            .collect(),
    }
}
