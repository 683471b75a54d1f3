# SPDX-License-Identifier: Apache-2.0
# What a package installs besides programs: systemd's units, users, folders, and the choice of
# what the agent may read. The units name the programs where they are installed.
systemdsystemunitdir = $(prefix)/lib/systemd/system
sysusersdir = $(prefix)/lib/sysusers.d
tmpfilesdir = $(prefix)/lib/tmpfiles.d
helperdir = $(libexecdir)/countersign
logrotatedir = $(sysconfdir)/logrotate.d
exampledir = $(docdir)/examples
UNITS = packaging/systemd/countersignd.service packaging/systemd/countersign-courier.service \
	packaging/systemd/countersign-courier.socket

dist_sysusers_DATA = packaging/sysusers.d/countersign.conf
dist_tmpfiles_DATA = packaging/tmpfiles.d/countersign.conf
dist_logrotate_DATA = packaging/logrotate/countersign
dist_helper_SCRIPTS = packaging/libexec/choose-access
dist_example_DATA = packaging/examples/credentials.conf packaging/examples/other-folders.conf
EXTRA_DIST += $(UNITS) packaging/debian packaging/rpm packaging/downgrade-guard packaging/schema-version \
	scripts/lib.sh scripts/package

install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(systemdsystemunitdir)'
	for unit in $(UNITS); do \
		sed -e 's|[@]sbindir[@]|$(sbindir)|g; s|[@]libexecdir[@]|$(libexecdir)|g' \
			"$(srcdir)/$$unit" >'$(DESTDIR)$(systemdsystemunitdir)'/$${unit##*/} && \
		chmod 644 '$(DESTDIR)$(systemdsystemunitdir)'/$${unit##*/} || exit 1; \
	done

uninstall-local:
	for unit in $(UNITS); do \
		rm -f '$(DESTDIR)$(systemdsystemunitdir)'/$${unit##*/} || exit 1; \
	done
