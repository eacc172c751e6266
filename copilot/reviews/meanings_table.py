"""Words that mean nearly the same in talk of incidents.

A group a line; a line that ends in + goes on in the next.
"""

ALIKE = """
accept acceptable allow permit approve agree ok fine
acknowledge ack acked onit take took
add insert put install introduce include write enter set extend
alarm alert alarmed page pager paged firing fire fired warn warning monitor monitoring detect
allow let enable permit
archive archived close closed
ask request question wonder query want
attempt try retry run
automatic automatically auto itself own
backlog queue queued lag behind pending waiting piled pile outstanding remaining left remain
back again restore restored recover return
ban block blocked refuse refused reject rejected deny denied decline declined disallow forbid +
prevent
begin start started starting open opened kick
bigger larger over above more exceed greater
break broken broke corrupt damage fail error fault defect bug wrong
bring carry fetch get
bucket storage store
cached cache caching
calm quiet silent silence nothing
cancel abort kill killed stop stopped end ended terminate halt interrupt shut drain drop turn +
off disable disabled
capacity room space size limit
cause reason why because due trigger blame root
certificate cert certs x509 tls ssl
change modify edit alter switch adjust move update correct fix convert config setting
choose pick decide
clean clear cleaned delete deleted remove removed erase purge wipe drop empty emptied truncate +
truncated flush flushed gone lost missing absent discard
come arrive appear enter reach
company our own
compare check verify confirm test look inspect investigate examine review find try tried
complain complaint ask asks asking report ticket
complete finish finished done over ready end ended
connect reach reachable contact talk call
count number amount
crash crashed die died oom killed restart
customer user client people shopper buyer member somebody tenant
daily day nightly night
danger risk
database db postgres mysql sql
dead down dark out unreachable unavailable offline gone unresponsive lost outage
delay delayed late later wait slow slower behind lag stale old outdated
deliver delivered send sent dispatch
dismiss reject
document docs doc record row entry file
double twice two
emergency break-glass urgent
empty zero none no nothing
enough sufficient
estimate eta expect expected think guess maybe roughly about should
evening tonight night
every all each
exceed over above pass
expire expired end ended lapse lapsed ran out
extend prolong raise increase add more longer
fall fell drop dropped decrease decreased decline reduce reduced less lower down shrink shrank +
descend
faster quick quicker speed
fill full filled grow grew used
fix resolve repair mend heal solve correct healthy recover ok
forget forgot missed miss
free make room shed
get receive got obtain
give gave hand provide
grow grown grew rise rising rose climb climbed increase increased raise raised more up build pile
happy satisfied pleased glad content ok better
hardware machine physical
healthy ok fine good green normal well up working recovered alive
hit reach target point send request call traffic
host machine server node instance box
identify identified recognise recognize know known see saw found find discover notice noticed +
spot trace traced
impact affect affected hit suffer touch harm effect
inform tell told notify notified say know
intend plan want will going mean meant should
job task batch
keep kept hold held stay leave left remain retain pin
key secret token
kill delete remove
lack lacked lacking without miss missing lost no null
large big huge
latency p95 p99 slow response
launch deploy ship shipped release released rollout push pushed publish bump version go live
lead owner
lift lifted gone remove
limit limiting cap capped max maximum restrict threshold bound concurrency
load traffic
locate find
lock locked deadlock
log logs logging login logins logged sign signed signin session auth
main primary master
manual manually hand byhand
memory heap oom ram
message mail email event record
minute min minutes
missing lost gone absent deleted
mistake accident wrong instead error
month monthly
move moved advance progress process consume shift
network dns resolver lookup resolve name
notice noticed see saw seen look like observe spot
old stale previous earlier last
order purchase checkout
park aside dead-letter skip
partial half incomplete
partner vendor provider supplier registrar
pay paid payment money charge charged
peer side other
percent share ratio rate
person someone somebody people
pod container replica instance worker consumer
point directed swap alias
postcode zip
power electric
problem issue trouble fault incident wrong
process processed handle handled consume consuming work worked drain drained treat placed
prod production live
promote promoted takeover took over
promise promised will tell told commit
property setting value
propose suggest should could let's recommend idea would
prove confirm
provider vendor
reach reachable hit access connect connection find resolve
read reads load
real actual actually truly
rebuild reindex index
recheck verify
redo repeat run again retry rerun
refill fill fills
register registration domain
renew renewal renewed
replace swap replaced change new
replica standby secondary follower replication replicated
reproduce repeat
request req call query hit
reset resets
restart restarted reboot bounce bounced recycle cycle
result answer response
return back restore revert
revert reverted rollback undo back reverse withdraw previous
rotate rotation rotated
route routed send go goes
rule policy
run running ran execute alive active going up
same equal identical
scale scaled size resize
schedule scheduled cron plan planned
see saw seen show shown look looked find
separate apart
serve serving
shed drop give gave
shop store site page
shut stop
signing sign key
single one
skip skipped ignore jump jumped pass
slow slower latency lag
spare second other extra
speak say tell mention
stop stopped end ended off halt quit cease close closed
straggler rest
stuck blocked hang hung hanging stall stalled frozen wedge wedged waiting stop stopped unmoved +
moving move
subscribe subscription slot
succeed success succeeded successful pass passed passing work worked working complete finished ok
support helpdesk service
suspect think thought guess believe might maybe may looks like seems assume hypothesis
switch switched turn turned toggle flip off on disable enable set
ticket issue report SUP
timeout timed out expire hang hung
tool linter check
trust trusted trusts believe
unable can't cannot couldn't fail failed
undecided open decision decided
unknown unclear unsure why
version release
visible see show
wait waited waiting queue queued pending
warehouse store
warn warned warning caution
worker consumer process
write wrote written writing record recorded
wrong incorrect bad broken error stale mistaken
year annual
file filed open opened create created raise raised ticket
lease leases address addresses
deplete depleted exhausted exhaust full out used taken
disk storage volume filesystem partition
enlarge extend widen bigger grow raise increase
expose exposed leak leaked visible readable public
freeze froze frozen hang hung stuck
halve halved half
handle handled process processed treat
latest newest last current recent
lifetime ttl expiry lived lease
link url address
inform informed notify notified mail mailed write wrote written contacted
overload overloaded peg pegged saturate saturated exhausted full hot busy
permission access right rights role
postpone postponed delay delayed later
responsible owner owns on-call oncall
script tool job program
shorten shortened reduce reduced
steady stable flat constant unchanged changed
surge spike jump peak burst
throttle limit limited slow
prolong longer extend
seldom rare rarely
surface surfaced light appear
buy bought purchase order
degrade degraded slow worse
duplicate double twice copy copied
improve improved better recover recovered
replicate copy sync
detour route reroute redirect failover
deal handle care
broken invalid corrupt stale
flap flapping unstable toggle
fallback fall-back alternative second other
escalate raise escalated declare declared sev1 sev2
spread distribute balance
strip remove cut
vendor supplier manufacturer provider
backup dump snapshot
wake woken page paged call called
withdraw withdrew revoke revoked pull pulled
weekend saturday sunday
blank empty white nothing
crash crashes null exception panic
device phone handset
takeover took take over promoted
response answer reply
read readable reading reads
write writing writes
clock time ntp
visitor user
turn turned switch switched set
worker job consumer
guard check validation lint linter
prevent avoid stop block keep
drain drained empty processed placed
message msg
request req
repository repo
kubernetes k8s
environment env
authentication auth
application app
performance perf
percent pct
namespace ns
image img
improvement improve better help helped difference change effect worked work
addresses range ip ips
identity idp
data rows records objects files docs documents
zone region area
"""
